import { END } from './cursor.js';

/** A value at least this long is handed on by reference instead of being copied: bytes. */
const BY_REFERENCE = 32 * 1024;
const BLOCK = 1024;

/** Builds a message as few buffers: fields in one block, large values by reference in between. */
export class MessageWriter {
  readonly #done: Buffer[] = [];
  #block: Buffer;
  #start = 0;
  #end = 0;

  constructor(hint: number = BLOCK) {
    this.#block = Buffer.allocUnsafe(hint);
  }

  byte(value: number): this {
    this.#room(1);
    this.#block[this.#end++] = value;
    return this;
  }

  int(value: number): this {
    this.#room(4);
    this.#end = this.#block.writeInt32BE(value, this.#end);
    return this;
  }

  end(): this {
    return this.int(END);
  }

  string(value: string): this {
    this.#room(4 + value.length * 3);
    const at = this.#end + 4;
    const length = value.length === 0 ? 0 : this.#block.write(value, at);
    this.#block.writeInt32BE(length, this.#end);
    this.#end = at + length;
    return this;
  }

  /** A value, of its pieces one after the other. */
  bytes(value: Buffer | readonly Buffer[]): this {
    if (Buffer.isBuffer(value)) return this.int(value.length).#raw(value);
    this.int(value.reduce((sum, { length }) => sum + length, 0));
    for (const piece of value) this.#raw(piece);
    return this;
  }

  pairs(pairs: readonly (readonly [string, string])[]): this {
    for (const [name, value] of pairs) this.string(name).string(value);
    return this;
  }

  /** The message's buffers in order; usually one. */
  finish(): Buffer[] {
    this.#close();
    return this.#done;
  }

  #raw(value: Buffer): this {
    if (value.length >= BY_REFERENCE) {
      this.#close();
      this.#done.push(value);
      return this;
    }
    this.#room(value.length);
    value.copy(this.#block, this.#end);
    this.#end += value.length;
    return this;
  }

  #room(size: number): void {
    if (this.#end + size <= this.#block.length) return;
    this.#close();
    this.#block = Buffer.allocUnsafe(Math.max(BLOCK, 2 * size));
    this.#start = 0;
    this.#end = 0;
  }

  #close(): void {
    if (this.#end > this.#start) this.#done.push(this.#block.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }
}
