import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compressor } from '#archive/writing/compression.js';
import { contentOf } from '#archive/writing/make-content.js';
import { pack } from '#index.js';
import { collectFiles } from '#pack/files/collect.js';
import { takeIn } from '#pack/files/take-in.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';

const MANY = Object.fromEntries(
  Array.from({ length: 700 }, (_, index) => [`m/d${index % 7}/${index}.txt`, `file ${index}\n`.repeat(index % 50)]),
);
const found = (path: string) => collectFiles(join(path, 'm'), () => undefined).files;

test(
  'the content of every small file is kept as it will be written, whatever was read after it',
  inFolder(MANY, async ({ path }) => {
    const files = found(path);
    const policy = compressor('auto');
    const taken = await takeIn(files, policy, undefined);
    assert.equal(
      taken.map(({ path, kept }) => ({ path, kept })),
      files.map(({ path, file }) => ({ path, kept: contentOf(path, readFileSync(file), policy) })),
    );
  }),
);

test(
  'a file that cannot be read is named',
  inFolder(MANY, async ({ path }) => {
    const files = found(path).map((file, index) => (index === 600 ? { ...file, file: `${file.file}.gone` } : file));
    const error = await rejectsWith('ERR_FILE_UNREADABLE', () => takeIn(files, compressor('auto'), undefined));
    assert.ok(error.message.startsWith(`${files[600]?.path} cannot be read`), error.message);
  }),
);

test(
  'what does not fit into memory is read again when it is written',
  inFolder({ 'm/service.py': 'def handle(d, c):\n    return d\n' }, async ({ path, write }) => {
    const block = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * index * 31) % 251));
    write(Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`m/${index}.npy`, block])));
    const kept = await takeIn(found(path), compressor('auto'), undefined);
    assert.ok(kept.some((source) => source.kept === undefined) && kept.some((source) => source.kept));
    const { entries } = await pack({ modelName: 'x', modelPath: 'm', handler: 'service:handle', cwd: path });
    assert.is(new Set(entries.filter(({ size }) => size === block.length).map(({ sha256 }) => sha256)).size, 1);
  }),
);

test(
  'an interruption is heard between the files',
  inFolder(MANY, async ({ path }) => {
    const controller = new AbortController();
    const taking = takeIn(found(path), compressor('auto'), controller.signal);
    controller.abort();
    await rejectsWith('ERR_INTERRUPTED', () => taking);
  }),
);

test.run();
