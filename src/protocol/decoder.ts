import { Cursor, SHORT } from './cursor.js';

/** Largest message that a decoder accepts unless told otherwise: 1 GiB. */
const DEFAULT_LIMIT = 1024 ** 3;

/** How a stream of messages is decoded. */
export interface DecoderOptions {
  /** Largest message, in bytes. */
  readonly limit?: number | undefined;
  /** Chunks are in memory that is used again after `push`. */
  readonly reused?: boolean;
}

/** Where the value lies that a message lacks: typed arrays of any kind can be views of it, and need no copy. */
const ALIGNMENT = 8;

/**
 * Cuts messages out of a byte stream that arrives in any chunks. A message that lies whole in one chunk is parsed in place;
 * one that does not is gathered in a growing buffer (each byte copied once) and parsed again only when the bytes it lacked are there.
 * Buffers inside messages are views, valid for as long as they are referenced.
 */
export class MessageDecoder<Message> {
  readonly #parse: (cursor: Cursor) => Message;
  readonly #limit: number;
  readonly #reused: boolean;
  #pending: Buffer = Buffer.alloc(0);
  #length = 0;
  #needed = 0;
  /** Where in the message the value begins whose bytes are missing. */
  #valueAt = 0;

  constructor(parse: (cursor: Cursor) => Message, { limit = DEFAULT_LIMIT, reused = false }: DecoderOptions = {}) {
    this.#parse = parse;
    this.#limit = limit;
    this.#reused = reused;
  }

  /** True in the middle of a message: an end of the stream is a loss then. */
  get partial(): boolean {
    return this.#length > 0;
  }

  /** The messages that this chunk completes; throws `ERR_PROTOCOL` or `ERR_PROTOCOL_LIMIT` on what cannot be a message. */
  push(chunk: Buffer): Message[] {
    if (this.#length === 0) return this.#drain(this.#reused ? Buffer.from(chunk) : chunk);
    this.#append(chunk);
    if (this.#length < this.#needed) return [];
    const gathered = this.#pending.subarray(0, this.#length);
    this.#pending = Buffer.alloc(0);
    this.#length = 0;
    return this.#drain(gathered);
  }

  #drain(buffer: Buffer): Message[] {
    const messages: Message[] = [];
    let start = 0;
    while (start < buffer.length) {
      const cursor = new Cursor(buffer, start, this.#limit);
      try {
        messages.push(this.#parse(cursor));
      } catch (thrown) {
        if (thrown !== SHORT) throw thrown;
        this.#needed = cursor.needed;
        this.#valueAt = cursor.position - start;
        this.#append(buffer.subarray(start));
        return messages;
      }
      start = cursor.position;
    }
    return messages;
  }

  #append(chunk: Buffer): void {
    const length = this.#length + chunk.length;
    if (length > this.#pending.length) {
      const size = Math.max(length, this.#needed, 2 * this.#length);
      const padding = -this.#valueAt & (ALIGNMENT - 1);
      const grown = Buffer.allocUnsafeSlow(padding + size).subarray(padding);
      this.#pending.copy(grown, 0, 0, this.#length);
      this.#pending = grown;
    }
    chunk.copy(this.#pending, this.#length);
    this.#length = length;
  }
}
