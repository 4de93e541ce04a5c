import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArchiveEntry } from '#archive/archive.js';
import { ArchiveFile } from '#archive/archive-file.js';
import { DEFAULT_LIMITS, plausibleTotal } from '#archive/limits.js';
import { openArchive, scanArchive } from '#archive/open.js';
import { ArchiveError } from '#archive/problem.js';
import { verified } from '#archive/verified.js';
import { inflated } from '#archive/zip/inflate.js';
import { ZipEntry } from '#archive/zip/zip-content.js';
import { descriptor, type ForgedEntry, forgeZip, zip64Field } from '../../hostile/forge-zip.js';

const directory = mkdtempSync(join(tmpdir(), 'mar-zip-content-'));
test.after(() => rmSync(directory, { recursive: true, force: true }));

const PATH = join(directory, 'archive');
const KiB = 1024;

/** The content, or the code of what is wrong with it. */
async function outcome(content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<Buffer | string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of content) chunks.push(chunk);
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof ArchiveError) return `${error.problem.message} (${error.code})`;
    throw error;
  }
}

/** One entry after the other, each through a stream of its own: slow, and what the quick ways are held against. */
async function streamed(file: ArchiveFile, entry: ArchiveEntry): Promise<Buffer | string> {
  if (!(entry instanceof ZipEntry)) throw new Error(`${entry.path} is not an entry of a zip`);
  if (entry.refused !== undefined) return `${entry.refused.message} (${entry.refused.code})`;
  const { start, size } = entry;
  const raw = entry.compression === 'deflate' ? inflated(file, entry, start) : file.chunks(start, start + size);
  return outcome(verified(file.source, entry, raw));
}

async function compareWays(bytes: Buffer): Promise<number> {
  writeFileSync(PATH, bytes);
  const file = await ArchiveFile.open(PATH);
  const { archive } = await scanArchive(PATH);
  try {
    const listed = archive?.entries ?? [];
    const expected = new Map<string, Buffer | string>();
    for (const entry of listed) expected.set(entry.path, await streamed(file, entry));
    const walked: string[] = [];
    for await (const { entry, content } of archive?.walk() ?? []) {
      walked.push(entry.path);
      assert.equal(await outcome(content), expected.get(entry.path), `walking, ${entry.path}`);
    }
    assert.equal(
      walked,
      listed.map(({ path }) => path),
    );
    for (const entry of [...listed].reverse()) {
      const alone = await archive?.stream(entry);
      assert.equal(await outcome(alone ?? []), expected.get(entry.path), `alone, ${entry.path}`);
    }
    return listed.length;
  } finally {
    await archive?.close();
    await file.close();
  }
}

const data = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 2, arbitrary: fc.nat(4000).map((times) => Buffer.from('again and '.repeat(times))) },
  // Around the size up to which an entry is read in one call.
  { weight: 1, arbitrary: fc.integer({ min: -2, max: 2 }).map((more) => Buffer.alloc(256 * KiB + more, 'x')) },
);
const part = fc.record({
  data,
  deflate: fc.boolean(),
  kind: fc.constantFrom('plain', 'zip64', 'descriptor', 'gap', 'shorter', 'longer', 'behind', 'wrong-crc'),
});

function entryOf(
  { data: bytes, deflate, kind }: typeof part extends fc.Arbitrary<infer T> ? T : never,
  name: string,
): ForgedEntry {
  const entry = { name, data: bytes, deflate };
  const raw = deflate ? deflateRawSync(bytes) : bytes;
  switch (kind) {
    case 'zip64': {
      const wide = { size: 0xffffffff, compressedSize: 0xffffffff, extra: zip64Field(bytes.length, raw.length) };
      return { ...entry, local: wide, central: wide };
    }
    case 'descriptor':
      return {
        ...entry,
        both: { flags: 0x0808 },
        local: { crc32: 0, size: 0, compressedSize: 0 },
        after: descriptor(bytes, raw.length),
      };
    case 'gap':
      return { ...entry, before: Buffer.alloc(7, 'g') };
    case 'shorter':
      return { ...entry, both: { size: bytes.length + 1 } };
    case 'longer':
      return { ...entry, both: { size: Math.max(0, bytes.length - 1) } };
    case 'behind': {
      const more = Buffer.concat([raw, Buffer.from('behind')]);
      return { ...entry, raw: more, both: { compressedSize: more.length } };
    }
    case 'wrong-crc':
      return { ...entry, both: { crc32: 7 } };
    default:
      return entry;
  }
}

test('small entries read through one window hold what a stream of each holds, sound or broken', async () => {
  let entries = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 8, maxLength: 30 }), fc.boolean(), async (parts, zip64) => {
      const forged = parts.map((one, index) => entryOf(one, `d${index % 3}/f${index}`));
      entries += await compareWays(forgeZip(forged, zip64 ? { zip64: {} } : {}));
    }),
    { numRuns: 120 },
  );
  assert.ok(entries > 500, `${entries} entries were compared`);
});

test('the same where any byte of the archive was changed', async () => {
  let entries = 0;
  const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), to: fc.integer({ min: 0, max: 255 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { minLength: 1, maxLength: 6 }),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      async (parts, changes) => {
        const bytes = forgeZip(parts.map((one, index) => entryOf(one, `f${index}`)));
        for (const { at, to } of changes) bytes[Math.floor(at * (bytes.length - 1))] = to;
        entries += await compareWays(bytes);
      },
    ),
    { numRuns: 250 },
  );
  assert.ok(entries > 200, `${entries} entries were compared`);
});

test('an order that jumps about the file is read as well', async () => {
  const forged = Array.from(
    { length: 200 },
    (_, index): ForgedEntry => ({ name: `f${index}`, data: `content ${index}` }),
  );
  writeFileSync(PATH, shuffled(forgeZip(forged)));
  const archive = await openArchive(PATH);
  try {
    const paths: string[] = [];
    for await (const { entry, content } of archive.walk()) {
      paths.push(entry.path);
      assert.is(String(await outcome(content)), `content ${entry.path.slice(1)}`);
    }
    assert.is(paths.length, 200);
    assert.not.equal(
      paths,
      forged.map(({ name }) => name),
    );
  } finally {
    await archive.close();
  }
});

/** The records of the central directory in another order: every third first. */
function shuffled(zip: Buffer): Buffer {
  const end = zip.length - 22;
  const start = zip.readUInt32LE(end + 16);
  const records: Buffer[] = [];
  for (let at = start; at < end; ) {
    const length = 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    records.push(zip.subarray(at, at + length));
    at += length;
  }
  const order = [0, 1, 2].flatMap((rest) => records.filter((_, index) => index % 3 === rest));
  return Buffer.concat([zip.subarray(0, start), ...order, zip.subarray(end)]);
}

test('entries that share their bytes are listed, and all but the first are refused', async () => {
  const again = (name: string): ForgedEntry => ({ name, data: 'shared', listedOnly: true, central: { offset: 0 } });
  writeFileSync(PATH, forgeZip([{ name: 'a', data: 'shared' }, again('b'), again('c')]));
  const { archive, problems } = await scanArchive(PATH);
  const found: string[] = [];
  for await (const { entry, content } of archive?.walk() ?? []) found.push(`${entry.path}: ${await outcome(content)}`);
  const told = (entry: string) => `entry "${entry}" shares its bytes with another entry (ERR_ARCHIVE_OVERLAP)`;
  assert.equal(found, ['a: shared', `b: ${told('b')}`, `c: ${told('c')}`]);
  assert.is(problems.filter(({ code }) => code === 'ERR_ARCHIVE_OVERLAP').length, 2);
  const [, b] = archive?.entries ?? [];
  if (archive === undefined || b === undefined) return assert.unreachable();
  for (const read of [() => archive.bytes(b), () => archive.reader(b)]) {
    const code = await read().then(
      () => 'read',
      (error: unknown) => (error instanceof ArchiveError ? error.code : String(error)),
    );
    assert.is(code, 'ERR_ARCHIVE_OVERLAP');
  }
  await archive.close();
});

test('many entries that are each below the limit are one bomb together: what lies beyond it is refused', async () => {
  const zeros = deflateRawSync(Buffer.alloc(2 ** 20));
  const one = (index: number): ForgedEntry => ({
    name: `z${index}`,
    data: Buffer.alloc(2 ** 20),
    raw: zeros,
    both: { method: 8, compressedSize: zeros.length },
  });
  writeFileSync(PATH, forgeZip(Array.from({ length: 64 }, (_, index) => one(index))));
  const { archive, problems } = await scanArchive(PATH);
  assert.equal(
    problems.map(({ code, message }) => [code, message]),
    [['ERR_LIMIT_RATIO', 'its entries together unpack the way zip bombs do']],
  );
  let read = 0;
  let refused = 0;
  for await (const { content } of archive?.walk() ?? []) {
    const what = await outcome(content);
    if (typeof what === 'string') refused += 1;
    else read += what.length;
  }
  const allowed = plausibleTotal(DEFAULT_LIMITS, statSync(PATH).size);
  assert.ok(read <= allowed && read + 2 ** 20 > allowed, `${read} bytes of ${allowed} were read`);
  assert.is(read + refused * 2 ** 20, 64 * 2 ** 20);
  await archive?.close();
});

test.run();
