import { crc32, deflateRawSync } from 'node:zlib';
import { descriptor, extraField, type ForgedEntry, forgeZip, zip64Field } from '../../hostile/forge-zip.js';

/** A seeded sequence of whole numbers below `limit` (mulberry32): the same archives in every run. */
export function sequence(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

const name = (text: string): Buffer => Buffer.from(text);
const checksum = (path: string): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(crc32(path));
  return bytes;
};
const unicodePath = (path: string): Buffer =>
  extraField(0x7075, Buffer.concat([Buffer.from([1]), checksum(path), name(path)]));

/** Sound archives of each shape that writers make; mutations start from them. */
const BASES: readonly Buffer[] = [
  [
    { name: 'MAR-INF/MANIFEST.json', data: '{"model":{}}' },
    { name: 'service.py', data: 'def handle(data, context):\n    return data\n', deflate: true },
    { name: 'labels/', mode: 0o040755 },
    { name: 'labels/a.txt', data: 'a\n'.repeat(40), deflate: true },
  ],
  [
    { name: 'a', data: '' },
    { name: 'b.bin', data: Buffer.from([0x50, 0x4b, 3, 4, 0x50, 0x4b, 1, 2, 0x50, 0x4b, 5, 6]) },
    { name: 'c', data: 'c'.repeat(200), deflate: true },
  ],
  [
    {
      name: 'streamed.txt',
      data: 'streamed '.repeat(9),
      deflate: true,
      both: { flags: 0x0808 },
      local: { crc32: 0, size: 0, compressedSize: 0 },
      after: descriptor(name('streamed '.repeat(9)), deflateRawSync(name('streamed '.repeat(9))).length),
    },
    { name: 'plain.txt', data: 'plain' },
  ],
  [
    { name: 'wide', data: 'wide', both: { size: 0xffffffff, compressedSize: 0xffffffff, extra: zip64Field(4, 4) } },
    { name: 'named', data: 'named', both: { extra: unicodePath('named') } },
  ],
].map((entries: readonly ForgedEntry[]) => forgeZip(entries));

/** Values that fields are overwritten with: the ends of their ranges, the signatures, small numbers. */
const VALUES = [0, 1, 2, 8, 9, 0x14, 0x7f, 0x80, 0xff, 0x0800, 0xffff, 0x04034b50, 0x02014b50, 0x06054b50, 0xffffffff];

/** One archive that may be anything: a sound one with one to four changes. */
export function mutated(next: (limit: number) => number): Buffer {
  let bytes: Buffer = Buffer.from(BASES[next(BASES.length)] ?? Buffer.alloc(0));
  for (let count = 1 + next(4); count > 0; count -= 1) bytes = change(bytes, next);
  return bytes;
}

function change(bytes: Buffer, next: (limit: number) => number): Buffer {
  if (bytes.length < 8) return bytes;
  const at = next(bytes.length - 4);
  const value = VALUES[next(VALUES.length)] ?? 0;
  switch (next(8)) {
    case 0:
      bytes.writeUInt8(value & 0xff, at);
      return bytes;
    case 1:
      bytes.writeUInt16LE(value & 0xffff, at);
      return bytes;
    case 2:
      bytes.writeUInt32LE(value, at);
      return bytes;
    case 3:
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << next(8)), at);
      return bytes;
    case 4:
      return bytes.subarray(0, at);
    case 5:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + next(30))]);
    case 6: {
      // A piece of it once more, somewhere else.
      const from = next(bytes.length);
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(from, from + 1 + next(120)), bytes.subarray(at)]);
    }
    default:
      return Buffer.concat([bytes, BASES[next(BASES.length)] ?? bytes]);
  }
}
