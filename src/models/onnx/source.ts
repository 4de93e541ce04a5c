import type { EntryReader } from '#archive/archive.js';
import { MarError } from '#errors/mar-error.js';

/** A message up to this many bytes is read at once; a bigger one is walked field by field. */
export const WINDOW = 256 * 1024;

/** The error for bytes that are not the protobuf message they should be. */
export function malformed(found: string, at: number): MarError {
  return new MarError(`not a readable ONNX model: ${found} at byte ${at}`, {
    code: 'ERR_ONNX_UNREADABLE',
  });
}

/** Buffered forward reading over an {@link EntryReader}: small reads are served from a window, long skips never read. */
export class OnnxSource {
  readonly #reader: EntryReader;
  #buffer: Buffer = Buffer.alloc(0);
  #offset = 0;
  /** Bytes consumed so far. */
  position = 0;

  constructor(reader: EntryReader) {
    this.#reader = reader;
  }

  get size(): number {
    return this.#reader.size;
  }

  /** Exactly `length` bytes, valid until the next call. Fails at the end of the entry. */
  async take(length: number): Promise<Buffer> {
    if (this.#buffer.length - this.#offset < length) await this.#fill(length);
    const bytes = this.#buffer.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    this.position += length;
    return bytes;
  }

  /** Moves forward without reading what is not in the window yet. */
  async skip(length: number): Promise<void> {
    const buffered = Math.min(length, this.#buffer.length - this.#offset);
    this.#offset += buffered;
    this.position += length;
    if (length > buffered) await this.#reader.skip(length - buffered);
  }

  /** A varint as {@link decodeVarint} reads it. */
  async varint(): Promise<number> {
    const bytes = new Uint8Array(10);
    for (let length = 1; length <= 10; length++) {
      const byte = (await this.take(1))[0] ?? 0;
      bytes[length - 1] = byte;
      if (byte < 0x80) return decodeVarint(bytes, 0, length);
    }
    throw malformed('a number of more than ten bytes', this.position);
  }

  async #fill(length: number): Promise<void> {
    const rest = this.#buffer.subarray(this.#offset);
    const parts: Buffer[] = [rest];
    let have = rest.length;
    const left = this.size - this.position - have;
    if (have + left < length) throw malformed(`the file ends inside a field of ${length} bytes`, this.size);
    while (have < length) {
      const chunk = await this.#reader.read(Math.min(WINDOW, Math.max(length - have, Math.min(left, 65_536))));
      if (chunk.length === 0) throw malformed(`the file ends inside a field of ${length} bytes`, this.position + have);
      parts.push(chunk);
      have += chunk.length;
    }
    this.#buffer = Buffer.concat(parts, have);
    this.#offset = 0;
  }
}

/**
 * The int64 of a varint's bytes, low bits first. Values beyond 2^53 lose their low bits, which no field here needs; negative
 * ones (ten bytes, two's complement) are exact down to -2^53.
 */
export function decodeVarint(bytes: Uint8Array, from: number, to: number): number {
  // The sum of a negative number's bits is no double: its complement is summed instead.
  const isNegative = to - from === 10 && ((bytes[to - 1] ?? 0) & 1) === 1;
  const flip = isNegative ? 0x7f : 0;
  let value = 0;
  for (let at = from, weight = 1; at < to; at++, weight *= 128) {
    const bits = ((bytes[at] ?? 0) & 0x7f) ^ flip;
    value += (at - from === 9 ? bits & 1 : bits) * weight;
  }
  return isNegative ? -value - 1 : value;
}
