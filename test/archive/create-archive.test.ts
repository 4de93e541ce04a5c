import { buffer } from 'node:stream/consumers';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArchiveEntry } from '#archive/archive.js';
import { type ArchiveBackend, createArchive } from '#archive/create-archive.js';
import { SequentialReader } from '#archive/entry-reader.js';
import { watched } from '#archive/watched.js';
import { rejectsWith } from '../support/rejects.js';

const MIB = 2 ** 20;
const entry = (path: string, size: number): ArchiveEntry => ({
  path,
  size,
  compressedSize: size,
  compression: 'store',
});
const ENTRIES = [entry('a', 3), entry('b', 16 * MIB), entry('c', 16 * MIB + 1)];

function backend(more: Partial<ArchiveBackend> = {}): ArchiveBackend & { closed(): number } {
  let closed = 0;
  return {
    source: 'x.mar',
    format: 'zip',
    entries: ENTRIES,
    get: (path) => ENTRIES.find((one) => one.path === path),
    content: async function* ({ path }) {
      yield Buffer.from(path);
      yield Buffer.from('!');
    },
    close: async () => {
      closed += 1;
    },
    closed: () => closed,
    ...more,
  };
}

test('what a backend brings is an archive; the rest is the same for every format', async () => {
  const from = backend();
  const archive = createArchive(from);
  assert.equal([archive.source, archive.format, archive.root], ['x.mar', 'zip', '']);
  assert.is(createArchive(backend({ root: 'resnet' })).root, 'resnet');
  assert.is(archive.entries, ENTRIES);
  assert.is(archive.get('b'), ENTRIES[1]);
  assert.is(archive.get('z'), undefined);
  assert.is(String(await buffer(await archive.stream(entry('s', 2)))), 's!');
  const reader = await archive.reader(entry('r', 2));
  assert.ok(reader instanceof SequentialReader);
  assert.equal([String(await reader.read(9)), reader.size], ['r!', 2]);
  const walked: string[] = [];
  for await (const { entry: one, content } of archive.walk()) {
    let text = '';
    for await (const chunk of content) text += chunk;
    walked.push(`${one.path} ${text}`);
  }
  assert.equal(walked, ['a a!', 'b b!', 'c c!']);
  await archive.close();
  assert.is(from.closed(), 1);
});

test("a backend's own reader and walk are used where it has them", async () => {
  const own = new SequentialReader(1, (async function* () {})());
  const archive = createArchive(
    backend({
      reader: async ({ path }) => (path === 'a' ? own : undefined),
      walk: async function* () {
        yield { entry: entry('w', 1), content: (async function* () {})() };
      },
    }),
  );
  assert.is(await archive.reader(entry('a', 3)), own);
  assert.not.equal(await archive.reader(entry('b', 3)), own);
  const walked: string[] = [];
  for await (const { entry: one } of archive.walk()) walked.push(one.path);
  assert.equal(walked, ['w']);
});

test('an entry is held at once up to its limit, 16 MiB by default, and beyond it named with both sizes', async () => {
  const archive = createArchive(backend());
  assert.is(String(await archive.bytes(entry('b', 16 * MIB))), 'b!');
  const error = await rejectsWith('ERR_ENTRY_TOO_LARGE', () => archive.bytes(entry('c', 16 * MIB + 1)));
  assert.is(error.message, 'x.mar: entry "c" has 16777217 bytes, more than the 16777216 that are read at once');
  assert.is(String(await archive.bytes(entry('d', 5), 5)), 'd!');
  await rejectsWith('ERR_ENTRY_TOO_LARGE', () => archive.bytes(entry('d', 6), 5));
});

test('a watched archive is the same one, and tells the bytes of each chunk once it was used', async () => {
  const from = backend({ entries: [entry('a', 2), entry('b', 2)], root: 'in' });
  const told: unknown[][] = [];
  const plain = createArchive(from);
  const archive = watched(plain, ({ path, bytes, totalBytes }) => void told.push([path, bytes, totalBytes]));
  assert.equal(
    [archive.source, archive.format, archive.root, archive.entries.length, archive.get('b')],
    ['x.mar', 'zip', 'in', 2, ENTRIES[1]],
  );
  assert.is(String(await buffer(await archive.stream(entry('s', 2)))), 's!');
  assert.is(String(await archive.bytes(entry('t', 2))), 't!');
  await rejectsWith('ERR_ENTRY_TOO_LARGE', () => archive.bytes(entry('t', 2), 1));
  assert.is(String(await (await archive.reader(entry('r', 2))).read(2)), 'r!');
  assert.equal(told, []);
  for await (const { entry: one, content } of archive.walk()) {
    if (one.path === 'a') for await (const _ of content);
  }
  assert.equal(told, [
    ['a', 0, 4],
    ['a', 1, 4],
    ['a', 2, 4],
    ['b', 2, 4],
    ['x.mar', 4, 4],
  ]);
  await archive.close();
  assert.is(from.closed(), 1);
});

test.run();
