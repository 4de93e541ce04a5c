import { MarError } from '#errors/mar-error.js';
import { kindOf } from './kind-of.js';

/** Bytes of one answer where the front end has not said how much it takes. */
const LARGEST = 64 * 1024 * 1024;
/** The type of bytes of which nothing is known. */
export const BYTES = 'application/octet-stream';

/** What a result brought piece by piece. */
export class Collected {
  readonly bytes: Buffer;
  /** Empty for a text, as for a string. */
  readonly contentType: string;

  constructor(bytes: Buffer, contentType: string) {
    this.bytes = bytes;
    this.contentType = contentType;
  }
}

/** A piece that is neither a text nor bytes. */
export class UnfitPiece extends Error {}

/** A Blob, a stream or what a generator function returns: its content is still to be fetched. */
export function isCollectable(value: unknown): value is Blob | AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return false;
  if (value instanceof Blob) return true;
  if ('toJSON' in value) return false;
  if (Symbol.asyncIterator in value) return typeof value[Symbol.asyncIterator] === 'function';
  return 'next' in value && typeof value.next === 'function' && Symbol.iterator in value;
}

/**
 * All that the value brings: texts as UTF-8, bytes as they are, with the type of a Blob, else `application/octet-stream` unless all of it
 * is text. `UnfitPiece` for a piece of another kind; `ERR_PROTOCOL_LIMIT` beyond `limit` bytes, by default what the front end takes.
 */
export async function collect(
  value: Blob | AsyncIterable<unknown> | Iterable<unknown>,
  limit: number = Number(process.env['MAR_MAX_RESPONSE']) || LARGEST,
): Promise<Collected> {
  if (value instanceof Blob) {
    if (value.size > limit) throw tooLarge(limit);
    return new Collected(Buffer.from(await value.arrayBuffer()), value.type || BYTES);
  }
  const parts: (string | Uint8Array)[] = [];
  let [size, count] = [0, 0];
  for await (const piece of value) {
    count++;
    const part = partOf(piece);
    if (part === undefined) throw new UnfitPiece(`piece ${count} is ${kindOf(piece)}, expected a text or bytes`);
    size += Buffer.byteLength(part);
    if (size > limit) throw tooLarge(limit);
    const last = parts.at(-1);
    // A character may be cut between two texts.
    if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
    else parts.push(part);
  }
  const isText = parts.every((part) => typeof part === 'string');
  return new Collected(Buffer.concat(parts.map((part) => Buffer.from(part))), isText ? '' : BYTES);
}

/** A copy of bytes: who brings them may fill the same memory again. */
function partOf(piece: unknown): string | Uint8Array | undefined {
  if (typeof piece === 'string') return piece;
  if (piece instanceof Uint8Array) return Uint8Array.from(piece);
  if (piece instanceof ArrayBuffer) return new Uint8Array(piece.slice(0));
  return piece instanceof DataView ? bytesOf(piece) : undefined;
}

/** The bytes that a view shows, copied. */
export function bytesOf({ buffer, byteOffset, byteLength }: DataView): Buffer {
  return Buffer.from(new Uint8Array(buffer, byteOffset, byteLength));
}

function tooLarge(limit: number): MarError {
  return new MarError(`The result brings more than ${limit} bytes, which is the most of an answer.`, {
    code: 'ERR_PROTOCOL_LIMIT',
  });
}
