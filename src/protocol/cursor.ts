import { MarError } from '#errors/mar-error.js';

/** Thrown by a cursor that ran out of bytes; one instance, so that waiting for the rest of a message costs no stack trace. */
export const SHORT = Object.freeze({ short: true });

/** The mark that ends a list, and the length of an absent string. */
export const END = -1;

/** Names, ids and messages are never longer: bytes. What claims to be is no message. */
const LONGEST_TEXT = 1024 ** 2;

/** Reads big-endian int32 fields from a buffer. Values are views of it, never copies. */
export class Cursor {
  position: number;
  /** After SHORT: bytes that must be there, counted from `start`, before another attempt makes sense. */
  needed = 0;
  readonly #buffer: Buffer;
  readonly #start: number;
  readonly #limit: number;

  constructor(buffer: Buffer, start: number, limit: number) {
    this.#buffer = buffer;
    this.#start = start;
    this.#limit = limit;
    this.position = start;
  }

  byte(): number {
    return this.#buffer[this.#take(1)] ?? 0;
  }

  int(): number {
    return this.#buffer.readInt32BE(this.#take(4));
  }

  string(what: string): string {
    return this.stringOf(this.int(), what);
  }

  stringOf(length: number, what: string): string {
    if (length === 0) return '';
    if (length > LONGEST_TEXT) throw noMessage(what, length, ` to ${LONGEST_TEXT}`);
    const at = this.#take(this.#checked(length, what));
    return this.#buffer.toString('utf8', at, at + length);
  }

  /** A value of at most `limit` bytes; `ERR_PROTOCOL_LIMIT` for a longer one. */
  bytes(what: string, limit: number = Number.POSITIVE_INFINITY): Buffer {
    const length = this.#checked(this.int(), what);
    if (length > limit) throw tooLong(what, length, limit);
    const at = this.#take(length);
    return this.#buffer.subarray(at, at + length);
  }

  /** A list that ends with -1: `item` gets the length of its first string. */
  list<T>(item: (length: number) => T): T[] {
    const items: T[] = [];
    for (let length = this.int(); length !== END; length = this.int()) items.push(item(length));
    return items;
  }

  /** Name and value pairs that end with -1. */
  pairs(what: string): (readonly [string, string])[] {
    return this.list((length) => [this.stringOf(length, what), this.string(what)] as const);
  }

  #take(length: number): number {
    const at = this.position;
    const end = at + length;
    if (end - this.#start > this.#limit) throw tooLong('message', end - this.#start, this.#limit);
    if (end > this.#buffer.length) {
      this.needed = end - this.#start;
      throw SHORT;
    }
    this.position = end;
    return at;
  }

  #checked(length: number, what: string): number {
    if (length < 0) throw noMessage(what, length, ' or more');
    return length;
  }
}

function tooLong(what: string, length: number, limit: number): MarError {
  const message = `a ${what} of ${length} bytes, more than the ${limit} that are allowed`;
  return new MarError(message, { code: 'ERR_PROTOCOL_LIMIT' });
}

function noMessage(what: string, length: number, expected: string): MarError {
  const message = `a ${what} of ${length} bytes was announced, expected 0${expected}`;
  return new MarError(message, { code: 'ERR_PROTOCOL' });
}
