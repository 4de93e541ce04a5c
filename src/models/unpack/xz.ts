import { Dictionary, LzmaDecoder } from './lzma-decoder.js';
import { RangeDecoder } from './range-decoder.js';

/** A larger dictionary is more than the strongest preset of xz needs. */
const LARGEST_DICTIONARY = 64 * 1024 * 1024;
const CHECKS: Readonly<Record<number, number>> = { 0: 0, 1: 4, 4: 8, 10: 32 };
const LZMA2 = 0x21;

/** Something is done to the data before it is compressed that is not undone here. */
export class UnusualFilter extends RangeError {}

/** Unpacks the format of LZMA before xz (`.lzma`); throws a RangeError where it is damaged. */
export function* unpackLzma(bytes: Buffer): Generator<Buffer> {
  if (bytes.length < 18) throw new RangeError('LZMA data is cut off');
  const size = bytes.readBigUInt64LE(5);
  const length = size === 0xffffffffffffffffn ? Number.MAX_SAFE_INTEGER : Number(size);
  const dictionary = dictionaryOf(bytes.readUInt32LE(1), length);
  yield* new LzmaDecoder(bytes[0] ?? 0, dictionary).unpack(new RangeDecoder(bytes, 13), length);
}

/** Unpacks xz, streams one after the other. Checksums are not compared; filters other than LZMA2 are a RangeError. */
export function* unpackXz(bytes: Buffer): Generator<Buffer> {
  let at = 0;
  while (at + 12 <= bytes.length && bytes.toString('latin1', at, at + 6) === '\xfd7zXZ\x00') {
    const check = CHECKS[(bytes[at + 7] ?? 0) & 15];
    if (check === undefined) throw new RangeError('the check of xz is not known');
    at += 12;
    while ((bytes[at] ?? 0) !== 0) {
      const header = at;
      at += ((bytes[at] ?? 0) + 1) * 4;
      const start = at;
      at = yield* lzma2(bytes, at, dictionaryOfXz(bytes, header));
      at += ((4 - ((at - start) % 4)) % 4) + check;
    }
    at = behindIndex(bytes, at) + 12;
    while (at < bytes.length && bytes[at] === 0) at += 1;
  }
}

function dictionaryOf(size: number, length: number): Dictionary {
  if (size > LARGEST_DICTIONARY && length > LARGEST_DICTIONARY) throw new RangeError('the dictionary is too large');
  return new Dictionary(Math.min(size, length, LARGEST_DICTIONARY));
}

/** The chunks of one block, from a byte on; returns the first byte behind them. */
function* lzma2(bytes: Buffer, from: number, dictionary: Dictionary): Generator<Buffer, number> {
  let at = from;
  let properties = 0;
  let decoder: LzmaDecoder | undefined;
  for (let control = bytes[at++] ?? 0; control !== 0; control = bytes[at++] ?? 0) {
    if (at + 5 > bytes.length) throw new RangeError('xz data is cut off');
    if (control < 0x80) {
      if (control > 2) throw new RangeError('xz data is damaged');
      const length = bytes.readUInt16BE(at) + 1;
      at += 2;
      for (const byte of bytes.subarray(at, at + length)) {
        dictionary.put(byte);
        if (dictionary.isFull) yield dictionary.take();
      }
      at += length;
      yield dictionary.take();
      continue;
    }
    const length = ((control & 0x1f) << 16) + bytes.readUInt16BE(at) + 1;
    const packed = bytes.readUInt16BE(at + 2) + 1;
    at += 4;
    if (control >= 0xc0) properties = bytes[at++] ?? 0;
    if (control >= 0xa0 || decoder === undefined) decoder = new LzmaDecoder(properties, dictionary);
    yield* decoder.unpack(new RangeDecoder(bytes, at), length);
    at += packed;
  }
  return at;
}

/** The dictionary that the only filter of a block asks for. */
function dictionaryOfXz(bytes: Buffer, header: number): Dictionary {
  const flags = bytes[header + 1] ?? 0;
  let at = header + 2;
  if ((flags & 0x40) !== 0) at = numberAt(bytes, at)[1];
  if ((flags & 0x80) !== 0) at = numberAt(bytes, at)[1];
  if ((flags & 3) !== 0 || bytes[at] !== LZMA2) throw new UnusualFilter('it has a filter of xz that no framework uses');
  const bits = (bytes[at + 2] ?? 0) & 63;
  const size = (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
  return dictionaryOf(size, size);
}

/** A number in groups of seven bits, and the place behind it. */
function numberAt(bytes: Buffer, from: number): [number, number] {
  let value = 0;
  for (let at = from, weight = 1; at < from + 9; at++, weight *= 128) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * weight;
    if (byte < 0x80) return [value, at + 1];
  }
  throw new RangeError('xz data is damaged');
}

function behindIndex(bytes: Buffer, from: number): number {
  const [count, start] = numberAt(bytes, from + 1);
  let at = start;
  for (let left = Math.min(count * 2, bytes.length); left > 0; left--) at = numberAt(bytes, at)[1];
  return at + ((4 - ((at - from) % 4)) % 4) + 4;
}
