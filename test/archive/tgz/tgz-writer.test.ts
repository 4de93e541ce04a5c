import { appendFileSync, chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TgzWriter } from '#archive/tgz/tgz-writer.js';
import type { WriterSettings } from '#archive/writing/archive-writer.js';
import { compressor } from '#archive/writing/compression.js';
import type { PlannedEntry } from '#archive/writing/planned-entry.js';
import { SMALL_FILE } from '#archive/writing/small-file.js';
import { sourceFile } from '#archive/writing/source-file.js';
import { inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';
import { testUnless } from '../../support/test-unless.js';

const LARGE = Buffer.from(Array.from({ length: SMALL_FILE + 5000 }, (_, index) => (index * 7919) % 251));
const FILES = { 'large.bin': LARGE, 'run.sh': '#!/bin/sh\n', 'out.tar.gz': '' };

const fileEntry = (path: string, name: string): PlannedEntry => {
  const file = join(path, name);
  return { path: `in/${name}`, source: sourceFile({ path: name, file }, statSync(file)) };
};
const bytesEntry = (name: string, text: string): PlannedEntry => ({
  path: name,
  bytes: Buffer.from(text),
  origin: 'the test',
});

/** A writer, and the bytes of content that it tells of. */
function writing(file: string, signal?: AbortSignal): { writer: TgzWriter; told: number[] } {
  const told: number[] = [];
  const settings: WriterSettings = {
    time: 1_000_000_000,
    compressor: compressor('store'),
    signal,
    onBytes: (count) => void told.push(count),
  };
  return { writer: new TgzWriter(file, 'resnet/', settings), told };
}

/** The members of a gzipped tar: name, mode, owner, time and size of each, from its header alone. */
function members(file: string): unknown[][] {
  const tar = gunzipSync(readFileSync(file));
  const found: unknown[][] = [];
  for (let at = 0; tar[at] !== 0 && at < tar.length; ) {
    const text = (from: number, length: number): string =>
      tar.toString('latin1', at + from, at + from + length).replace(/\0.*$/s, '');
    const octal = (from: number, length: number): number => Number.parseInt(text(from, length), 8);
    const size = octal(124, 12);
    found.push([text(0, 100), octal(100, 8), octal(108, 8), octal(136, 12), size]);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return found;
}

test(
  'every entry lies below the name of the model, with a fixed time and mode, and is described as it was read',
  inFolder(FILES, async ({ path }) => {
    chmodSync(join(path, 'run.sh'), 0o700);
    const file = join(path, 'out.tar.gz');
    const { writer, told } = writing(file);
    const packed = [];
    for (const entry of [bytesEntry('a.txt', 'hello'), fileEntry(path, 'large.bin'), fileEntry(path, 'run.sh')])
      packed.push(await writer.add(entry));
    await writer.finish();
    await writer.close();
    assert.equal(members(file), [
      ['resnet/a.txt', 0o644, 0, 1_000_000_000, 5],
      ['resnet/in/large.bin', 0o644, 0, 1_000_000_000, LARGE.length],
      ['resnet/in/run.sh', 0o755, 0, 1_000_000_000, 10],
    ]);
    assert.ok(gunzipSync(readFileSync(file)).includes(LARGE));
    assert.equal(
      packed.map(({ path: name, size, compressedSize, compression }) => [name, size, compressedSize, compression]),
      [
        ['a.txt', 5, 5, 'store'],
        ['in/large.bin', LARGE.length, LARGE.length, 'store'],
        ['in/run.sh', 10, 10, 'store'],
      ],
    );
    const { createHash } = await import('node:crypto');
    const digest = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');
    assert.equal(
      packed.map(({ sha256 }) => sha256),
      [digest('hello'), digest(LARGE), digest('#!/bin/sh\n')],
    );
    assert.equal(told, [5, LARGE.length, 10]);
  }),
);

test(
  'a large file that changes or goes away fails its entry with the name of the file, and the writer can be closed',
  inFolder(FILES, async ({ path }) => {
    for (const [what, spoil, code, message] of [
      ['grown', () => appendFileSync(join(path, 'large.bin'), 'x'), 'ERR_FILE_CHANGED', /^large\.bin changed while/],
      ['gone', () => rmSync(join(path, 'large.bin')), 'ERR_FILE_UNREADABLE', /^large\.bin cannot be read: ENOENT/],
    ] as const) {
      writeFileSync(join(path, 'large.bin'), LARGE);
      const { writer } = writing(join(path, 'out.tar.gz'));
      await writer.add(bytesEntry('a.txt', 'hello'));
      const entry = fileEntry(path, 'large.bin');
      spoil();
      const error = await rejectsWith(code, () => writer.add(entry));
      assert.match(error.message, message, what);
      await writer.close();
    }
  }),
);

test(
  'an interrupted entry ends with the reason',
  inFolder(FILES, async ({ path }) => {
    const controller = new AbortController();
    controller.abort(new Error('stopped'));
    const { writer, told } = writing(join(path, 'out.tar.gz'), controller.signal);
    const failure = await writer.add(fileEntry(path, 'large.bin')).then(
      () => 'added',
      (error: unknown) => String(error),
    );
    assert.match(failure, 'Packing was interrupted; nothing was written.');
    assert.equal(told, []);
    await writer.close();
  }),
);

testUnless(
  existsSync('/dev/full') ? undefined : 'there is no /dev/full',
  test,
  'a full disk fails the entry that is being written, or the end',
  inFolder(FILES, async ({ path }) => {
    const noise = Buffer.alloc(5_000_000);
    for (let index = 0, state = 1; index < noise.length; index += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      noise[index] = state >>> 24;
    }
    writeFileSync(join(path, 'large.bin'), noise);
    for (const entry of [fileEntry(path, 'large.bin'), bytesEntry('a.txt', 'hello')]) {
      const { writer } = writing('/dev/full');
      const failure = await (async () => {
        await writer.add(entry);
        await writer.finish();
        return 'written';
      })().catch((error: unknown) => String(error));
      assert.match(failure, /ENOSPC/);
      await writer.close();
    }
  }),
);

test.run();
