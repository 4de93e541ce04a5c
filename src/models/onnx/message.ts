import { decodeVarint, malformed, type OnnxSource, WINDOW } from './source.js';

/**
 * What to do with one field of a protobuf message. A message is described by a function that makes a fresh
 * {@link Shape}; fields it does not name are skipped without being read.
 */
export type Field =
  | { readonly kind: 'int'; readonly set: (value: number) => void; readonly tooLong?: () => void }
  | { readonly kind: 'text'; readonly set: (value: string) => void }
  | { readonly kind: 'floats'; readonly set: (value: number) => void; readonly tooLong?: () => void }
  | { readonly kind: 'size'; readonly set: (bytes: number) => void }
  | { readonly kind: 'data'; readonly most: number; readonly set: (bytes: number, content: Buffer | undefined) => void }
  | { readonly kind: 'message'; readonly open: () => Shape };

export interface Shape {
  readonly fields: Readonly<Record<number, Field>>;
  /** Called when the message is complete. */
  readonly done?: () => void;
}

/**
 * A varint field, repeated (packed or not) or single: `set` is called once per value. A packed list beyond {@link WINDOW} bytes is
 * skipped where `tooLong` hears of it, else malformed.
 */
export const int = (set: (value: number) => void, tooLong?: () => void): Field => ({
  kind: 'int',
  set,
  ...(tooLong && { tooLong }),
});
/** A float field, otherwise as {@link int}. */
export const floats = (set: (value: number) => void, tooLong?: () => void): Field => ({
  kind: 'floats',
  set,
  ...(tooLong && { tooLong }),
});
/** A field of bytes: its length, and its content where that is `most` bytes at most. The content is valid during the call. */
export const data = (most: number, set: (bytes: number, content: Buffer | undefined) => void): Field => ({
  kind: 'data',
  most,
  set,
});
/** A string field of at most {@link WINDOW} bytes. */
export const text = (set: (value: string) => void): Field => ({ kind: 'text', set });
/** A field of which only the length in bytes matters. */
export const size = (set: (bytes: number) => void): Field => ({ kind: 'size', set });
/** A nested message. */
export const message = (open: () => Shape): Field => ({ kind: 'message', open });

const MAX_DEPTH = 40;
/** What a message costs with the object and lists that are made of it. */
const MESSAGE_UNITS = 3;

/** Keeps what a hostile file can make us remember within bounds: about 64 bytes a unit. */
export class Budget {
  #left: number;
  constructor(units: number) {
    this.#left = units;
  }
  spend(at: number, units = 1): void {
    this.#left -= units;
    if (this.#left < 0) throw malformed('more fields than any model has', at);
  }
}

/** Reads a message of `length` bytes from a stream: small ones in one piece, big ones field by field. */
export async function readMessage(
  source: OnnxSource,
  length: number,
  shape: Shape,
  budget: Budget,
  depth = 0,
): Promise<void> {
  if (depth > MAX_DEPTH) throw malformed('messages nested too deeply', source.position);
  const end = source.position + length;
  if (end > source.size) throw malformed(`a message of ${length} bytes runs past the end of the file`, source.position);
  if (length <= WINDOW) {
    const at = source.position;
    parseMessage(await source.take(length), at, shape, budget, depth);
    return;
  }
  while (source.position < end) {
    const tag = await source.varint();
    const field = shape.fields[Math.floor(tag / 8)];
    const wire = tag % 8;
    if (tag < 8) throw malformed(`a field with the number ${Math.floor(tag / 8)}`, source.position);
    if (field) budget.spend(source.position);
    if (wire === 0) {
      const value = await source.varint();
      if (field?.kind === 'int') field.set(value);
    } else if (wire === 2) {
      const bytes = await source.varint();
      if (bytes < 0 || source.position + bytes > end)
        throw malformed(`a field of ${bytes} bytes runs past its message`, source.position);
      await readBytes(source, bytes, field, budget, depth);
    } else if (wire === 5 && field?.kind === 'floats') field.set((await source.take(4)).readFloatLE());
    else await source.skip(fixedWidth(wire, source.position));
    if (source.position > end) throw malformed('a field runs past its message', source.position);
  }
  shape.done?.();
}

async function readBytes(source: OnnxSource, bytes: number, field: Field | undefined, budget: Budget, depth: number) {
  if (field === undefined) return source.skip(bytes);
  if (field.kind === 'size' || (field.kind === 'data' && bytes > field.most)) {
    field.set(bytes, undefined);
    return source.skip(bytes);
  }
  if (field.kind === 'message') {
    budget.spend(source.position, MESSAGE_UNITS);
    return readMessage(source, bytes, field.open(), budget, depth + 1);
  }
  if (bytes > WINDOW && (field.kind === 'int' || field.kind === 'floats') && field.tooLong) {
    field.tooLong();
    return source.skip(bytes);
  }
  if (bytes > WINDOW) throw malformed(`a name of ${bytes} bytes`, source.position);
  const at = source.position;
  applyBytes(await source.take(bytes), at, field, budget, depth);
}

function parseMessage(buffer: Buffer, at: number, shape: Shape, budget: Budget, depth: number): void {
  if (depth > MAX_DEPTH) throw malformed('messages nested too deeply', at);
  let offset = 0;
  const varint = (): number => {
    const start = offset;
    while ((buffer[offset] ?? 0) >= 0x80) if (++offset - start > 9) throw tooLong(at + offset);
    if (++offset > buffer.length) throw malformed('a message ends inside a number', at + buffer.length);
    return decodeVarint(buffer, start, offset);
  };
  while (offset < buffer.length) {
    const tag = varint();
    if (tag < 8) throw malformed(`a field with the number ${Math.floor(tag / 8)}`, at + offset);
    const field = shape.fields[Math.floor(tag / 8)];
    if (field) budget.spend(at + offset);
    if (tag % 8 === 0) {
      const value = varint();
      if (field?.kind === 'int') field.set(value);
    } else if (tag % 8 === 2) {
      const bytes = varint();
      if (bytes < 0 || offset + bytes > buffer.length)
        throw malformed(`a field of ${bytes} bytes runs past its message`, at + offset);
      if (field) applyBytes(buffer.subarray(offset, offset + bytes), at + offset, field, budget, depth);
      offset += bytes;
    } else {
      const width = fixedWidth(tag % 8, at + offset);
      if (width === 4 && field?.kind === 'floats' && offset + 4 <= buffer.length) field.set(buffer.readFloatLE(offset));
      offset += width;
    }
    if (offset > buffer.length) throw malformed('a field runs past its message', at + buffer.length);
  }
  shape.done?.();
}

function applyBytes(bytes: Buffer, at: number, field: Field, budget: Budget, depth: number): void {
  if (field.kind === 'text') {
    budget.spend(at, Math.ceil(bytes.length / 64));
    field.set(bytes.toString('utf8'));
  } else if (field.kind === 'size') field.set(bytes.length);
  else if (field.kind === 'data') {
    const isKept = bytes.length <= field.most;
    if (isKept) budget.spend(at, Math.ceil(bytes.length / 8));
    field.set(bytes.length, isKept ? bytes : undefined);
  } else if (field.kind === 'floats') {
    budget.spend(at, Math.ceil(bytes.length / 64));
    for (let offset = 0; offset + 4 <= bytes.length; offset += 4) field.set(bytes.readFloatLE(offset));
  } else if (field.kind === 'message') {
    budget.spend(at, MESSAGE_UNITS);
    parseMessage(bytes, at, field.open(), budget, depth + 1);
  } else parsePacked(bytes, at, field.set, budget);
}

function parsePacked(bytes: Buffer, at: number, set: (value: number) => void, budget: Budget): void {
  let start = 0;
  for (let offset = 0; offset < bytes.length; offset++) {
    if ((bytes[offset] ?? 0) >= 0x80) {
      if (offset - start >= 9) throw tooLong(at);
      continue;
    }
    budget.spend(at);
    set(decodeVarint(bytes, start, offset + 1));
    start = offset + 1;
  }
  if (start < bytes.length) throw malformed('a list of numbers ends inside a number', at + bytes.length);
}

function tooLong(at: number): Error {
  return malformed('a number of more than ten bytes', at);
}

function fixedWidth(wire: number, at: number): number {
  if (wire === 1) return 8;
  if (wire === 5) return 4;
  throw malformed(`wire type ${wire}`, at);
}
