import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openArchive } from '#archive/open.js';
import type { WriterSettings } from '#archive/writing/archive-writer.js';
import { type Compression, compressor } from '#archive/writing/compression.js';
import type { PackedEntry } from '#archive/writing/packed-entry.js';
import type { PlannedEntry } from '#archive/writing/planned-entry.js';
import { SMALL_FILE } from '#archive/writing/small-file.js';
import { sourceFile } from '#archive/writing/source-file.js';
import { ZipWriter } from '#archive/zip/zip-writer.js';
import { type Folder, inFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';

const MIB = 2 ** 20;

/** Bytes that do not shrink. */
function noise(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let index = 0, state = 1; index < size; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

const bytesEntry = (path: string, bytes: string | Buffer): PlannedEntry => ({
  path,
  bytes: Buffer.from(bytes),
  origin: 'the test',
});
const fileEntry = (folder: string, path: string): PlannedEntry => {
  const file = join(folder, path);
  return { path, source: sourceFile({ path, file }, statSync(file)) };
};

interface Written {
  readonly zip: Buffer;
  readonly packed: readonly PackedEntry[];
  /** Bytes of content that the writer told of. */
  readonly told: number;
}

async function written(
  folder: Folder,
  entries: readonly PlannedEntry[],
  policy: Compression = 'auto',
  signal?: AbortSignal,
): Promise<Written> {
  folder.write({ 'out.mar': '' });
  let told = 0;
  const settings: WriterSettings = {
    time: 1_000_000_000,
    compressor: compressor(policy),
    signal,
    onBytes: (count) => {
      told += count;
    },
  };
  const file = join(folder.path, 'out.mar');
  const writer = await ZipWriter.open(file, settings);
  const packed: PackedEntry[] = [];
  try {
    for (const entry of entries) packed.push(await writer.add(entry));
    await writer.finish();
  } finally {
    await writer.close();
  }
  return { zip: readFileSync(file), packed, told };
}

/** The local header at an offset, and what lies behind it. */
function localAt(zip: Buffer, at: number) {
  const nameLength = zip.readUInt16LE(at + 26);
  const start = at + 30 + nameLength + zip.readUInt16LE(at + 28);
  const compressedSize = zip.readUInt32LE(at + 18);
  const data = zip.subarray(start, start + compressedSize);
  const method = zip.readUInt16LE(at + 8);
  return {
    name: String(zip.subarray(at + 30, at + 30 + nameLength)),
    flags: zip.readUInt16LE(at + 6),
    method,
    time: zip.readUInt32LE(at + 10),
    crc: zip.readUInt32LE(at + 14),
    size: zip.readUInt32LE(at + 22),
    content: method === 8 ? inflateRawSync(data) : data,
    next: start + compressedSize,
  };
}

const LARGE_TEXT = 'so much text, and again\n'.repeat(20_000);
const LARGE_NOISE = noise(3 * MIB + 5);

test('small and large entries, stored and deflated, have headers that are complete where they stand', async () =>
  inFolder({ 'large.txt': LARGE_TEXT, 'large.bin': LARGE_NOISE, 'run.sh': '#!/bin/sh\n' }, async (folder) => {
    const contents: readonly (readonly [string, Buffer, 0 | 8])[] = [
      ['a.txt', Buffer.from('text '.repeat(100)), 8],
      ['noise', noise(5000), 0],
      ['large.bin', LARGE_NOISE, 0],
      ['large.txt', Buffer.from(LARGE_TEXT), 8],
      ['run.sh', Buffer.from('#!/bin/sh\n'), 8],
      ['empty', Buffer.alloc(0), 8],
    ];
    const entries = contents.map(([path, bytes]) =>
      path.startsWith('large') || path === 'run.sh' ? fileEntry(folder.path, path) : bytesEntry(path, bytes),
    );
    const { zip, packed, told } = await written(folder, entries);
    let at = 0;
    for (const [index, [path, bytes, method]] of contents.entries()) {
      const local = localAt(zip, at);
      const { content, next, ...header } = local;
      assert.equal(header, {
        name: path,
        flags: 0x800,
        method,
        time: header.time,
        crc: crc32(bytes),
        size: bytes.length,
      });
      assert.ok(content.equals(bytes), path);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const compressedSize = next - at - 30 - path.length;
      const compression = method === 0 ? 'store' : 'deflate';
      assert.equal(packed[index], { path, size: bytes.length, compressedSize, compression, sha256 });
      at = next;
    }
    assert.is(zip.readUInt32LE(at), 0x02014b50, 'the central directory follows');
    assert.is(
      told,
      contents.reduce((sum, [, bytes]) => sum + bytes.length, 0),
    );
    const archive = await openArchive(join(folder.path, 'out.mar'));
    for (const [path, bytes] of contents) {
      const entry = archive.get(path);
      assert.ok(entry && (await archive.bytes(entry)).equals(bytes), path);
    }
    await archive.close();
    const again = await written(folder, entries);
    assert.ok(again.zip.equals(zip), 'the same entries are the same bytes');
  })());

test('a large file that shrinks like a bomb is stored, from its place on, and its bytes are told once', async () =>
  inFolder({ 'zeros.txt': Buffer.alloc(33 * MIB), 'large.txt': LARGE_TEXT }, async (folder) => {
    const entries = ['large.txt', 'zeros.txt'].map((path) => fileEntry(folder.path, path));
    const { zip, packed, told } = await written(folder, [...entries, bytesEntry('last', 'x')]);
    assert.equal(
      packed.map(({ path, compression }) => [path, compression]),
      [
        ['large.txt', 'deflate'],
        ['zeros.txt', 'store'],
        ['last', 'deflate'],
      ],
    );
    assert.is(told, 33 * MIB + LARGE_TEXT.length + 1);
    const first = localAt(zip, 0);
    const second = localAt(zip, first.next);
    assert.equal([second.name, second.size, second.crc], ['zeros.txt', 33 * MIB, crc32(Buffer.alloc(33 * MIB))]);
    assert.is(localAt(zip, second.next).name, 'last');
  })());

test('of small entries that would come to a bomb together one is stored, which makes room for others', async () =>
  inFolder({}, async (folder) => {
    const zeros = Buffer.alloc(SMALL_FILE);
    const entries = Array.from({ length: 600 }, (_, index) => bytesEntry(`z${index}.txt`, zeros));
    const { packed, zip } = await written(folder, entries);
    const stored = packed.flatMap(({ compression }, index) => (compression === 'store' ? [index] : []));
    const [first = Number.POSITIVE_INFINITY] = stored;
    let [unpacked, position] = [0, 0];
    for (const [index, { path, size, compressedSize }] of packed.slice(0, first + 1).entries()) {
      // Deflated, each takes what the first one takes.
      const allowed = 32 * MIB + 250 * (position + (packed[0]?.compressedSize ?? 0));
      assert.is(unpacked + size > allowed, index === first, path);
      unpacked += size;
      position += 30 + path.length + compressedSize;
    }
    assert.is(stored.length, 1);
    const archive = await openArchive(join(folder.path, 'out.mar'));
    assert.is(archive.entries.length, 600);
    await archive.close();
    assert.ok(600 * SMALL_FILE <= 32 * MIB + 250 * zip.length, 'our own reader accepts it');
  })());

test('the policy decides; a large file that changes, an interruption, and too many names end it', async () =>
  inFolder({ 'large.txt': LARGE_TEXT }, async (folder) => {
    const large = fileEntry(folder.path, 'large.txt');
    const methods = async (policy: Compression): Promise<string[]> =>
      (await written(folder, [large, bytesEntry('n', noise(500))], policy)).packed.map((one) => one.compression);
    assert.equal(
      [await methods('store'), await methods('deflate')],
      [
        ['store', 'store'],
        ['deflate', 'deflate'],
      ],
    );
    const controller = new AbortController();
    controller.abort(new Error('stopped'));
    for (const policy of ['store', 'deflate'] as const)
      await rejectsWith('ERR_INTERRUPTED', () => written(folder, [large], policy, controller.signal));
    writeFileSync(join(folder.path, 'large.txt'), `${LARGE_TEXT}!`);
    for (const policy of ['store', 'deflate'] as const)
      await rejectsWith('ERR_FILE_CHANGED', () => written(folder, [large], policy));
    const names = Array.from({ length: 17_000 }, (_, index) => bytesEntry(`${index}`.padStart(960, 'n'), ''));
    const error = await rejectsWith('ERR_TOO_MANY_ENTRIES', () => written(folder, names, 'store'));
    assert.is(error.message, `The paths of the archive take ${17_000 * (46 + 960)} bytes; readers accept ${16 * MIB}.`);
  })());

test.run();
