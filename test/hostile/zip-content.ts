import { writeFileSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';
import type { ProblemCode } from '#archive/problem.js';
import { type Attack, MANIFEST } from './attack.js';
import { descriptor, type ForgedEntry, forgeZip, zip64Field } from './forge-zip.js';

type Row = readonly [
  name: string,
  entries: () => readonly ForgedEntry[],
  expect: ProblemCode,
  when: Attack['when'],
  why: string,
];

const data = Buffer.from('content '.repeat(100));
const deflated = deflateRawSync(data);
const MiB = 2 ** 20;

/** Zeros as they deflate, with headers that tell what `said` says. */
function zeros(bytes: number, said: Partial<{ size: number; crc32: number }> = {}): ForgedEntry {
  const content = Buffer.alloc(bytes);
  return { name: 'zeros', data: content, deflate: true, both: said };
}

const ROWS: readonly Row[] = [
  [
    'encrypted',
    () => [{ name: 'a', data, both: { flags: 0x0801 } }],
    'ERR_ENTRY_ENCRYPTED',
    'open',
    'content that no check can see',
  ],
  [
    'encrypted-strong',
    () => [{ name: 'a', data, both: { flags: 0x0840 } }],
    'ERR_ENTRY_ENCRYPTED',
    'open',
    'the same with strong encryption',
  ],
  [
    'encrypted-aes',
    () => [{ name: 'a', data, both: { method: 99 } }],
    'ERR_ENTRY_ENCRYPTED',
    'open',
    'the same with AES',
  ],
  [
    'encrypted-directory',
    () => [{ name: 'a', data, both: { flags: 0x2800 } }],
    'ERR_ENTRY_ENCRYPTED',
    'open',
    'headers masked by directory encryption',
  ],
  [
    'method-bzip2',
    () => [{ name: 'a', data, both: { method: 12 } }],
    'ERR_ENTRY_METHOD',
    'open',
    'Python reads it, the real servers do not',
  ],
  ['method-unknown', () => [{ name: 'a', data, both: { method: 1234 } }], 'ERR_ENTRY_METHOD', 'open', 'no such method'],
  [
    'patch',
    () => [{ name: 'a', data, both: { flags: 0x0820 } }],
    'ERR_ENTRY_METHOD',
    'open',
    'a patch to a file that is elsewhere',
  ],
  [
    'stored-sizes',
    () => [{ name: 'a', data, both: { size: 5 } }],
    'ERR_ENTRY_SIZE',
    'open',
    'stored, yet larger inside than out',
  ],
  [
    'stored-descriptor',
    () => [{ name: 'a', data, both: { flags: 0x0808 }, after: descriptor(data, data.length) }],
    'ERR_ENTRY_DESCRIPTOR',
    'warn',
    'Multi Model Server cannot find its end',
  ],
  [
    'descriptor-empty',
    () => [
      { name: 'empty', both: { flags: 0x0808 }, after: descriptor(Buffer.alloc(0), 0, false) },
      { name: 'a', data },
    ],
    'ERR_ARCHIVE_DISPUTED',
    'warn',
    'empty for whoever believes the listing; others read on, up to the next descriptor that is marked as one',
  ],
  [
    'descriptor-empty-marked',
    () => [{ name: 'empty', both: { flags: 0x0808 }, after: descriptor(Buffer.alloc(0), 0) }],
    'ERR_ENTRY_DESCRIPTOR',
    'warn',
    'Java refuses every stored entry with its size behind the data, an empty one, too',
  ],
  [
    'crc-stored',
    () => [{ name: 'a', data, both: { crc32: 7 } }],
    'ERR_ENTRY_CRC',
    'read',
    'content changed after packing',
  ],
  [
    'crc-deflated',
    () => [{ name: 'a', data, deflate: true, both: { crc32: 7 } }],
    'ERR_ENTRY_CRC',
    'read',
    'the same, deflated',
  ],
  ['crc-empty', () => [{ name: 'a', both: { crc32: 7 } }], 'ERR_ENTRY_CRC', 'read', 'an empty file with a checksum'],
  [
    'deflate-broken',
    () => [{ name: 'a', data, deflate: true, raw: Buffer.alloc(deflated.length, 0xff) }],
    'ERR_ENTRY_DATA',
    'read',
    'not a deflate stream',
  ],
  ['deflate-cut', () => [cutDeflate()], 'ERR_ENTRY_DATA', 'read', 'a deflate stream without its end'],
  [
    'deflate-longer',
    () => [zeros(8 * MiB, { size: 100 })],
    'ERR_ENTRY_SIZE',
    'read',
    'says 100 bytes and inflates to eight million: stopped at the first byte too many',
  ],
  [
    'deflate-shorter',
    () => [{ name: 'a', data, deflate: true, both: { size: data.length + 1 } }],
    'ERR_ENTRY_SIZE',
    'read',
    'less content than announced',
  ],
  [
    'deflate-trailing',
    () => [trailing()],
    'ERR_ENTRY_DATA',
    'read',
    'bytes behind the end of the deflate stream that nobody inflates',
  ],
  ['deflate-endless', () => [endless()], 'ERR_ENTRY_SIZE', 'read', 'a stream of empty blocks that never gives a byte'],
  ['bomb-ratio', () => [zeros(64 * MiB)], 'ERR_LIMIT_RATIO', 'open', 'a thousand to one: the plain zip bomb'],
  ['bomb-many', manyBombs, 'ERR_LIMIT_RATIO', 'open', 'the same in many entries, each too small to be told'],
  ['bomb-total', totalBomb, 'ERR_LIMIT_SIZE', 'open', 'entries that unpack to more than any machine has'],
];

function manyBombs(): ForgedEntry[] {
  const one = zeros(31 * MiB);
  const raw = deflateRawSync(Buffer.from(one.data ?? ''));
  return Array.from({ length: 64 }, (_, index) => ({
    ...one,
    name: `zeros-${index}`,
    raw,
  }));
}

function cutDeflate(): ForgedEntry {
  const raw = deflated.subarray(0, -3);
  return { name: 'a', data, raw, both: { method: 8, compressedSize: raw.length } };
}

function trailing(): ForgedEntry {
  const raw = Buffer.concat([deflated, Buffer.from('smuggled')]);
  return { name: 'a', data, raw, both: { method: 8, compressedSize: raw.length } };
}

/** Two megabytes of stored deflate blocks of length zero, then the end. */
function endless(): ForgedEntry {
  const block = Buffer.from('000000ffff', 'hex');
  const raw = Buffer.concat([Buffer.alloc(2 * MiB - ((2 * MiB) % 5), block), Buffer.from('010000ffff', 'hex')]);
  return { name: 'a', raw, both: { method: 8, compressedSize: raw.length, size: 1, crc32: crc32(Buffer.from('x')) } };
}

function totalBomb(): ForgedEntry[] {
  const size = 2 ** 40;
  const both = { method: 8, size: 0xffffffff, extra: zip64Field(size), compressedSize: deflated.length };
  return [{ name: 'a', raw: deflated, both }];
}

/** Sound structure around content that is not what the headers say. */
export const ZIP_CONTENT: readonly Attack[] = [
  ...ROWS.map(
    ([name, entries, expect, when, why]): Attack => ({
      name: `zip-${name}`,
      why,
      expect,
      when,
      plant: (path) => writeFileSync(path, forgeZip([MANIFEST, ...entries()])),
    }),
  ),
  {
    name: 'zip-entries-100001',
    why: 'more entries than any model has, each of which costs its reader memory',
    expect: 'ERR_LIMIT_ENTRIES',
    when: 'open',
    plant: (path) =>
      writeFileSync(
        path,
        forgeZip(
          Array.from({ length: 3 }, (_, n) => ({ name: `${n}` })),
          { count: 0xffff, zip64: { count: 100_001 } },
        ),
      ),
  },
  {
    name: 'zip-directory-18-MB',
    why: 'three hundred empty files with comments that fill the memory of whoever lists them',
    expect: 'ERR_LIMIT_ENTRIES',
    when: 'open',
    plant: (path) => {
      const comment = Buffer.alloc(60_000, 'c');
      const files = Array.from({ length: 300 }, (_, n) => ({ name: `${n}`, central: { comment } }));
      writeFileSync(path, forgeZip(files));
    },
  },
];
