import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { ProblemCode } from '#archive/problem.js';
import { type Attack, MANIFEST } from './attack.js';
import { type ForgedEnd, type ForgedEntry, forgeZip, zip64Field } from './forge-zip.js';

type Row = readonly [name: string, bytes: () => Buffer, expect: ProblemCode, why: string];

const JUNK = Buffer.from('#!/bin/sh\nexec evil\n');
const A: ForgedEntry = { name: 'a.txt', data: 'first file' };
const B: ForgedEntry = { name: 'b.txt', data: 'second file' };
const sound = (): Buffer => forgeZip([A, B, MANIFEST]);
const ended = (end: ForgedEnd) => () => forgeZip([A, B, MANIFEST], end);
const holding =
  (...entries: ForgedEntry[]) =>
  () =>
    forgeZip([...entries, MANIFEST]);

const ROWS: readonly Row[] = [
  ['empty-file', () => Buffer.alloc(0), 'ERR_NOT_AN_ARCHIVE', 'nothing at all'],
  ['random', () => randomBytes(4096).fill(0, 0, 4), 'ERR_NOT_AN_ARCHIVE', 'noise'],
  [
    'text',
    () => Buffer.from('<html>404 Not Found</html>'),
    'ERR_NOT_AN_ARCHIVE',
    'an error page saved under the name of an archive',
  ],
  ['magic-only', () => Buffer.from('PK\x03\x04', 'latin1'), 'ERR_ARCHIVE_TRUNCATED', 'the first four bytes of a zip'],
  ['half', () => sound().subarray(0, 90), 'ERR_ARCHIVE_TRUNCATED', 'a download that stopped'],
  ['no-end', () => sound().subarray(0, -22), 'ERR_ARCHIVE_TRUNCATED', 'stream readers load it, all others refuse it'],
  ['end-cut', () => sound().subarray(0, -1), 'ERR_ARCHIVE_TRUNCATED', 'the last byte is missing'],
  ['prefix', ended({ prefix: JUNK }), 'ERR_ARCHIVE_PREFIX', 'a script in front of an archive: one file, two meanings'],
  [
    'prefix-adjusted',
    ended({ prefix: JUNK, adjusted: true }),
    'ERR_ARCHIVE_PREFIX',
    'the same with offsets that count the script',
  ],
  [
    'prefix-zip64',
    ended({ prefix: JUNK, adjusted: true, zip64: {} }),
    'ERR_ARCHIVE_PREFIX',
    'the same with zip64 records',
  ],
  [
    'zip64-twice',
    zip64Twice,
    'ERR_ARCHIVE_AMBIGUOUS',
    'Python finds its zip64 record right before the locator and lists a.txt alone; others go where the locator points',
  ],
  ['suffix', ended({ suffix: JUNK }), 'ERR_ARCHIVE_TRAILING', 'data that no reader of the archive shows'],
  [
    'comment-cut',
    ended({ comment: JUNK, commentLength: 500 }),
    'ERR_ARCHIVE_TRUNCATED',
    'a comment longer than the file',
  ],
  [
    'end-in-comment',
    ended({ comment: Buffer.concat([forgeZip([]), JUNK]) }),
    'ERR_ARCHIVE_AMBIGUOUS',
    'readers that search from the other side find another end',
  ],
  [
    'archive-in-comment',
    () => forgeZip([A], { comment: forgeZip([B]) }),
    'ERR_ARCHIVE_PREFIX',
    'two archives in one file: some readers see a.txt, others b.txt',
  ],
  ['two-archives', () => Buffer.concat([forgeZip([A]), forgeZip([B])]), 'ERR_ARCHIVE_PREFIX', 'the same, side by side'],
  [
    'hidden-entry',
    holding(A, { ...B, hidden: true }),
    'ERR_ARCHIVE_HIDDEN_DATA',
    'stream readers (the real server) unpack an entry that no listing shows',
  ],
  ['hidden-first', holding({ ...A, hidden: true }, B), 'ERR_ARCHIVE_PREFIX', 'the same at the start'],
  [
    'gap',
    holding(A, { ...B, before: JUNK }),
    'ERR_ARCHIVE_HIDDEN_DATA',
    'bytes between entries: stream readers stop there and miss the rest',
  ],
  ['gap-at-end', ended({ beforeDirectory: JUNK }), 'ERR_ARCHIVE_HIDDEN_DATA', 'bytes behind the last entry'],
  ['gap-after-directory', ended({ afterDirectory: JUNK }), 'ERR_ARCHIVE_HIDDEN_DATA', 'bytes behind the directory'],
  [
    'nothing-listed',
    () => forgeZip([{ ...A, hidden: true }]),
    'ERR_ARCHIVE_HIDDEN_DATA',
    'an empty archive to most readers, a full one to stream readers',
  ],
  [
    'count-low',
    ended({ count: 2 }),
    'ERR_ARCHIVE_DAMAGED',
    'entries behind the announced number, seen by readers that do not count',
  ],
  ['count-high', ended({ count: 4 }), 'ERR_ARCHIVE_DAMAGED', 'more entries announced than there are'],
  ['count-zero', ended({ count: 0 }), 'ERR_ARCHIVE_DAMAGED', 'says it is empty'],
  ['directory-beyond', ended({ offset: 0x7fffffff }), 'ERR_ARCHIVE_DAMAGED', 'a directory behind the end of the file'],
  [
    'directory-huge',
    ended({ size: 0xfffffffe }),
    'ERR_ARCHIVE_DAMAGED',
    'four gigabytes of directory: whoever allocates first is out of memory',
  ],
  ['directory-short', ended({ size: 60 }), 'ERR_ARCHIVE_HIDDEN_DATA', 'a directory that ends in a record'],
  [
    'directory-signature',
    holding({ ...A, central: { signature: 0x02014b51 } }),
    'ERR_ARCHIVE_DAMAGED',
    'a directory that is none',
  ],
  ['split', ended({ disk: 1 }), 'ERR_ARCHIVE_SPLIT', 'says that the rest is on another disk'],
  [
    'split-entry',
    holding({ ...A, central: { disk: 3 } }),
    'ERR_ARCHIVE_SPLIT',
    'says that one entry is on another disk',
  ],
  [
    'zip64-locator',
    ended({ zip64: { locator: 2 ** 40 } }),
    'ERR_ARCHIVE_ZIP64',
    'a zip64 record a terabyte away, found only by readers that guess',
  ],
  ['zip64-signature', ended({ zip64: { signature: 0x12345678 } }), 'ERR_ARCHIVE_ZIP64', 'a zip64 record that is none'],
  ['zip64-length', ended({ zip64: { length: 2 ** 40 } }), 'ERR_ARCHIVE_ZIP64', 'a zip64 record of a terabyte'],
  [
    'zip64-disagrees',
    ended({ zip64: { count: 1 } }),
    'ERR_ARCHIVE_ZIP64',
    'lists one entry to zip64 readers, three to all others',
  ],
  [
    'zip64-count',
    ended({ count: 0xffff, zip64: { count: 2 ** 40 } }),
    'ERR_LIMIT_ENTRIES',
    'a million million entries: whoever makes the list first is out of memory',
  ],
  [
    'zip64-offset',
    ended({ offset: 0xffffffff, zip64: { offset: 2 ** 62 } }),
    'ERR_ARCHIVE_DAMAGED',
    'an offset that no file has and that loses digits',
  ],
  [
    'zip64-missing',
    holding({ ...A, both: { size: 0xffffffff } }),
    'ERR_ARCHIVE_ZIP64',
    'defers a size to a field that is not there',
  ],
  [
    'zip64-short',
    holding({ ...A, both: { size: 0xffffffff, extra: Buffer.from('010004000000000a', 'hex') } }),
    'ERR_ARCHIVE_ZIP64',
    'a zip64 field cut off in its number',
  ],
  [
    'zip64-contradicts',
    holding({ ...A, both: { extra: zip64Field(1, 10) } }),
    'ERR_ARCHIVE_ZIP64',
    'another size for readers that always look at the field',
  ],
  [
    'zip64-mixed',
    holding({ ...A, deflate: true, both: { compressedSize: 0xffffffff, extra: zip64Field(10, 12) } }),
    'ERR_ARCHIVE_ZIP64',
    'defers one size and records two: readers that count take the first, others the second',
  ],
  [
    'zip64-size',
    holding({ ...A, both: { size: 0xffffffff, compressedSize: 0xffffffff, extra: zip64Field(2 ** 62, 2 ** 62) } }),
    'ERR_LIMIT_SIZE',
    'an entry larger than any disk',
  ],
  [
    'extra-lengths',
    holding({ ...A, central: { extra: Buffer.from('0100ffff', 'hex') } }),
    'ERR_ENTRY_HEADER',
    'a field that reaches beyond its header',
  ],
  [
    'extra-lengths-local',
    holding({ ...A, local: { extra: Buffer.from('0100ffff', 'hex') } }),
    'ERR_ENTRY_HEADER',
    'the same in the local header',
  ],
  [
    'offset-beyond',
    () => forgeZip([MANIFEST, { ...A, central: { offset: 0x7fffffff } }]),
    'ERR_ENTRY_BOUNDS',
    'an entry behind the end of the file',
  ],
  ['offset-inside', holding({ ...A, central: { offset: 7 } }), 'ERR_ENTRY_BOUNDS', 'an entry in the middle of another'],
  [
    'offset-twice',
    holding(A, { ...B, central: { offset: 0, name: Buffer.from('b.txt') } }),
    'ERR_ENTRY_HEADER',
    'two names for the bytes of one',
  ],
  [
    'listed-only',
    holding(A, { ...B, listedOnly: true }),
    'ERR_ENTRY_HEADER',
    'listed, but another entry is at its place',
  ],
  [
    'size-beyond',
    holding({ ...A, both: { compressedSize: 100_000, size: 100_000 } }),
    'ERR_ENTRY_BOUNDS',
    'an entry that reaches behind the file',
  ],
  [
    'overlap',
    holding({ ...A, both: { compressedSize: 10 + 30, size: 10 + 30 } }, B),
    'ERR_ARCHIVE_OVERLAP',
    'an entry that reads the header of the next one as data',
  ],
  [
    'overlap-bomb',
    overlapBomb,
    'ERR_ARCHIVE_OVERLAP',
    'a thousand entries that share the same bytes: the non-recursive zip bomb',
  ],
  [
    'local-name',
    holding({ ...A, local: { name: Buffer.from('../../') } }),
    'ERR_ENTRY_HEADER',
    'stream readers see another name than the listing shows',
  ],
  ['local-method', holding({ ...A, local: { method: 8 } }), 'ERR_ENTRY_HEADER', 'stored to some, deflated to others'],
  [
    'local-size',
    holding({ ...A, local: { size: 5, compressedSize: 5 } }),
    'ERR_ENTRY_HEADER',
    'stream readers take the rest for the next header',
  ],
  ['local-crc', holding({ ...A, local: { crc32: 1 } }), 'ERR_ENTRY_HEADER', 'sound to some, broken to others'],
  ['local-flags', holding({ ...A, local: { flags: 0x0801 } }), 'ERR_ENTRY_HEADER', 'encrypted to stream readers only'],
  [
    'local-zip64',
    holding({ ...A, local: { extra: zip64Field(5, 5) } }),
    'ERR_ENTRY_HEADER',
    'another size for readers that look at the local field',
  ],
  [
    'descriptor-missing',
    holding({ ...A, both: { flags: 0x0808 }, local: { crc32: 0, size: 0, compressedSize: 0 } }),
    'ERR_ENTRY_HEADER',
    'announces a descriptor that is not there',
  ],
  [
    'descriptor-lies',
    holding({
      ...A,
      deflate: true,
      both: { flags: 0x0808 },
      local: { crc32: 0, size: 0, compressedSize: 0 },
      after: Buffer.alloc(12, 7),
    }),
    'ERR_ENTRY_HEADER',
    'another size behind the data than in the directory',
  ],
];

/** A zip64 end record whose reserved room holds another directory with an end record of its own. */
function zip64Twice(): Buffer {
  const zip = forgeZip([A, B, MANIFEST], { zip64: {} });
  const at = zip.length - 22 - 20 - 56;
  const outer = Buffer.from(zip.subarray(at, at + 56));
  const inner = Buffer.from(outer);
  const directory = Number(outer.readBigUInt64LE(48));
  const listed = zip.subarray(directory, directory + 46 + 'a.txt'.length);
  for (const field of [24, 32]) inner.writeBigUInt64LE(1n, field);
  inner.writeBigUInt64LE(BigInt(listed.length), 40);
  inner.writeBigUInt64LE(BigInt(at + 56), 48);
  outer.writeBigUInt64LE(BigInt(44 + listed.length + 56), 4);
  return Buffer.concat([zip.subarray(0, at), outer, listed, inner, zip.subarray(at + 56)]);
}

function overlapBomb(): Buffer {
  const again: ForgedEntry = { ...A, listedOnly: true, central: { offset: 0 } };
  return forgeZip([A, ...Array.from({ length: 1000 }, () => again), MANIFEST]);
}

/** Lies about the structure: end records, directory, headers, places. */
export const ZIP_STRUCTURE: readonly Attack[] = ROWS.map(([name, bytes, expect, why]) => ({
  name: `zip-${name}`,
  why,
  expect,
  when: 'open',
  plant: (path) => writeFileSync(path, bytes()),
}));
