import { appendFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArchiveEntry } from '#archive/archive.js';
import { createArchive } from '#archive/create-archive.js';
import { addressOf, holdsArchive } from '#serve/models/unpacked.js';
import { inFolder } from '../../support/model-folder.js';

const FILES: Readonly<Record<string, readonly string[]>> = { a: ['on', 'e'], 'd/b': ['two'], empty: [] };
const entry = (path: string, size: number, crc32 = 1): ArchiveEntry => ({
  path,
  size,
  compressedSize: size,
  compression: 'store',
  crc32,
});
const ARCHIVE = createArchive({
  source: 'x.mar',
  format: 'zip',
  entries: [entry('a', 3), entry('d/b', 3), entry('empty', 0)],
  get: () => undefined,
  content: async function* ({ path }) {
    for (const chunk of FILES[path] ?? []) yield Buffer.from(chunk);
  },
  close: async () => undefined,
});
const never = new AbortController().signal;

test('the address of a content is that of its listing, in any order', () => {
  const [a, b] = [entry('a', 3), entry('b', 4)];
  assert.match(addressOf([a, b]), /^[0-9a-f]{64}$/);
  assert.is(addressOf([a, b]), addressOf([b, { ...a, compressedSize: 1, compression: 'deflate' }]));
  const others = [[a], [a, entry('c', 4)], [a, entry('b', 5)], [a, entry('b', 4, 2)]];
  assert.is(new Set([[a, b], ...others].map(addressOf)).size, 5);
});

test(
  'a folder holds an archive when its files are the same, byte for byte, and there are no others',
  inFolder({ a: 'one', 'd/b': 'two', empty: '' }, async ({ path, write }) => {
    const holds = (): Promise<boolean> => holdsArchive(path, ARCHIVE, never);
    assert.ok(await holds());
    for (const [what, spoil, restore] of [
      ['another byte', () => write({ a: 'onE' }), () => write({ a: 'one' })],
      ['a byte more', () => appendFileSync(join(path, 'a'), '!'), () => write({ a: 'one' })],
      ['a byte less', () => write({ 'd/b': 'tw' }), () => write({ 'd/b': 'two' })],
      ['not empty', () => write({ empty: 'x' }), () => write({ empty: '' })],
      ['a file more', () => write({ c: '' }), () => rmSync(join(path, 'c'))],
      ['a file less', () => rmSync(join(path, 'a')), () => write({ a: 'one' })],
      [
        'another name',
        () => {
          rmSync(join(path, 'a'));
          write({ A2: 'one' });
        },
        () => {
          rmSync(join(path, 'A2'));
          write({ a: 'one' });
        },
      ],
      [
        'a link',
        () => {
          rmSync(join(path, 'empty'));
          symlinkSync('/dev/null', join(path, 'empty'));
        },
        () => {
          rmSync(join(path, 'empty'));
          write({ empty: '' });
        },
      ],
    ] as const) {
      spoil();
      assert.not(await holds(), what);
      restore();
      assert.ok(await holds(), `${what}, restored`);
    }
    assert.not(await holdsArchive(join(path, 'none'), ARCHIVE, never));
    writeFileSync(join(path, 'empty'), '');
    const stopped = await holdsArchive(path, ARCHIVE, AbortSignal.abort(new Error('stopped'))).catch(String);
    assert.is(stopped, 'Error: stopped');
  }),
);

test.run();
