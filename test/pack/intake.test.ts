import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pack } from '#index.js';
import { collectFiles } from '#pack/collect.js';
import { compressor } from '#pack/compression.js';
import { filesIn } from '#pack/intake/batch.js';
import { BatchReader, countBatches, filesOf } from '#pack/intake/read-batch.js';
import { Share } from '#pack/intake/share.js';
import { type HelperMessage, startHelper } from '#pack/intake/start-helper.js';
import { takeIn } from '#pack/intake/take-in.js';
import { inFolder } from '../support/model-folder.js';
import { rejectsWith } from '../support/rejects.js';

/** More than one thread takes alone. */
const MANY = Object.fromEntries(
  Array.from({ length: 3000 }, (_, index) => [`m/d${index % 7}/${index}.txt`, `file ${index}\n`.repeat(index % 50)]),
);
const found = (path: string) => collectFiles(join(path, 'm'), () => undefined).files;

test(
  'two threads see what one sees, and the archive is the same as from few files at a time',
  inFolder(MANY, async ({ path }) => {
    const files = found(path);
    const policy = compressor('auto');
    const reader = new BatchReader(policy, Share.create());
    const alone = files.flatMap((file) => filesIn(reader.read([file]), [file]));
    const together = await takeIn(files, policy, undefined);
    const seen = (sources: typeof alone) =>
      sources.map(({ path, size, mtimeMs, executable, suspect, kept }) => ({
        path,
        size,
        mtimeMs,
        executable,
        suspect,
        kept,
      }));
    assert.equal(seen(together), seen(alone));
  }),
);

test(
  'the helper alone takes every batch',
  inFolder(MANY, async ({ path }) => {
    const files = found(path);
    const batches: HelperMessage[] = [];
    const helper = startHelper({ files, policy: 'auto', cells: Share.create().cells }, (message) =>
      batches.push(message),
    );
    await helper.ended;
    assert.is(batches.length, countBatches(files.length));
    const sizes = batches.flatMap(({ number, batch }) =>
      filesIn(batch, filesOf(files, number)).map(({ size }) => size),
    );
    assert.equal(
      sizes,
      files.map(({ file }) => readFileSync(file).length),
    );
  }),
);

test(
  'a file that cannot be read is named whichever thread met it, and nothing is written',
  inFolder({ ...MANY, 'service.py': 'def handle(d, c):\n    return d\n' }, async ({ path }) => {
    const files = found(path).map((file, index) => (index === 2900 ? { ...file, file: `${file.file}.gone` } : file));
    for (let round = 0; round < 5; round++) {
      const error = await rejectsWith('ERR_FILE_UNREADABLE', () => takeIn(files, compressor('auto'), undefined));
      assert.match(error.message, new RegExp(`^${files[2900]?.path} cannot be read`));
    }
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
  'an interruption stops both threads',
  inFolder(MANY, async ({ path }) => {
    const signal = AbortSignal.abort();
    await rejectsWith('ERR_INTERRUPTED', () => takeIn(found(path), compressor('auto'), signal));
  }),
);

test.run();
