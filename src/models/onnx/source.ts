import type { EntryReader } from '#archive/archive.js';
import { MarError } from '#errors/mar-error.js';

/** A message up to this many bytes is read at once; a bigger one is walked field by field. */
export const WINDOW = 256 * 1024;

/** The error for bytes that are not the protobuf message they should be. */
export function malformed(found: string, at: number): MarError {
  return new MarError(`not a readable ONNX model: ${found} at byte ${at}`, {
    code: 'ERR_ONNX_UNREADABLE',
    hint: 'export the model again, or check that the file was copied whole (Git LFS pointers and cut downloads look like this)',
  });
}

/** Buffered forward reading over an {@link EntryReader}: small reads are served from a window, long skips never read. */
export class Source {
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

  /** A varint as {@link number}; values beyond 2^53 lose their low bits, which no field here needs. */
  async varint(): Promise<number> {
    let value = 0;
    for (let shift = 0; shift < 10; shift++) {
      const byte = (await this.take(1))[0] ?? 0;
      value += (byte & 0x7f) * 2 ** (7 * shift);
      if (byte < 0x80) return signed(value);
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

/** The int64 behind an unsigned varint: values from 2^63 on are negative numbers in two's complement. */
export function signed(value: number): number {
  return value >= 2 ** 63 ? value - 2 ** 64 : value;
}
