import { types } from 'node:util';
import { numbersOf } from '#service/index.js';
import { isCollectable } from './collect.js';
import { kindOf } from './kind-of.js';

const NOT_PLAIN: ReadonlySet<string> = new Set(['bigint', 'function', 'symbol']);

/** A value that JSON does not have. */
class Unfit extends Error {}

/** Levels of a result that are looked through at most for what JSON has as it is. */
const MAX_DEPTH = 64;

/**
 * A result as JSON with indent 2: typed arrays and sets as lists, maps as objects, big integers as numbers where a number can hold
 * them. Undefined for what is not a value at all. What would vanish or lose its content is an error that names its place and kind.
 */
export function toJson(value: unknown): string | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  try {
    return JSON.stringify(value, isPlain(value, MAX_DEPTH) ? undefined : replaced, 2);
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    throw new Error(`${placeOf(value, '') ?? 'the result'} is ${error.message}`);
  }
}

/** Whether JSON has all of a value as it is: to ask `jsonValue` about each of a thousand numbers takes longer than to write them. */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return !NOT_PLAIN.has(typeof value);
  if (depth === 0 || 'toJSON' in value || isCollectable(value)) return false;
  if (Array.isArray(value)) return value.every((element) => typeof element === 'number' || isPlain(element, depth - 1));
  if (Object.getPrototypeOf(value) !== Object.prototype || isTensor(value) || hidesAll(value)) return false;
  return Object.values(value).every((member) => isPlain(member, depth - 1));
}

/** What JSON.stringify asks of each member, `value` being what its `toJSON` has made of it. */
function replaced(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const isMade = (value === null || value === undefined) && typeof this[key] === 'object';
  return jsonValue(value, isMade ? this[key] : value);
}

function jsonValue(value: unknown, original: unknown): unknown {
  if (typeof value !== 'object' || value === null) return madeValue(value, original);
  if (Array.isArray(value)) return value;
  if (types.isBoxedPrimitive(value)) return plainValue(value.valueOf());
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) return fromBigIntegers(value);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Uint8Array);
  if (value instanceof Set) return [...value];
  if (value instanceof Map) return fromMap(value);
  if (value instanceof Error)
    throw new Unfit(`${kindOf(value)}, expected a PredictionError as the result itself, or its message`);
  if ('then' in value && typeof value.then === 'function')
    throw new Unfit('a promise, expected what it resolves to: await it');
  if (isCollectable(value) || ('pipe' in value && typeof value.pipe === 'function'))
    throw new Unfit(`${kindOf(value)}, a stream, expected what it brings: collect it, or make it the result itself`);
  if (isTensor(value)) return fromTensor(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
  if ((!isPlain && Object.keys(value).length === 0) || hidesAll(value))
    throw new Unfit(`${kindOf(value)} without fields, expected a value that JSON has`);
  return value;
}

/** Whether an object has members, none of which JSON sees: symbols, and those that are not enumerable. */
function hidesAll(value: object): boolean {
  for (const _key in value) return false;
  return Reflect.ownKeys(value).length > 0;
}

/** `original` is what a null or nothing was made of: an invalid date, an object whose `toJSON` returns nothing. */
function madeValue(value: unknown, original: unknown): unknown {
  if (value === undefined && hasToJson(original))
    throw new Unfit(`${kindOf(original)} whose toJSON returns nothing, expected a value that JSON has`);
  if (value === null && types.isDate(original) && Number.isNaN(original.getTime()))
    throw new Unfit('an invalid date, expected one that is known, or null');
  return plainValue(value);
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new Unfit(`${kindOf(value)}, expected a value that JSON has`);
  return value;
}

/** One form for all elements: numbers where a number can hold each of them, else texts. */
function fromBigIntegers(list: BigInt64Array | BigUint64Array): unknown[] {
  const fits = list.every((element: bigint) => Number.isSafeInteger(Number(element)));
  return Array.from<bigint, unknown>(list, fits ? Number : String);
}

interface Tensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly unknown[];
}

/** An ONNX tensor, plain or ONNX Runtime's own. */
function isTensor(value: object): value is Tensor {
  if (!('type' in value && 'dims' in value && 'data' in value)) return false;
  return typeof value.type === 'string' && Array.isArray(value.dims);
}

/** The same for both, whose `data` may be a getter; the bits that carry float16 become numbers. */
function fromTensor(tensor: Tensor): unknown {
  const { type, data, dims } = tensor;
  const isHalf = type === 'float16' && data instanceof Uint16Array;
  const numbers = isHalf ? Array.from(numbersOf({ type, data, dims: dims.map(Number) })) : data;
  return Object.hasOwn(tensor, 'data') ? { ...tensor, data: numbers } : { type, data: numbers, dims };
}

function fromMap(map: ReadonlyMap<unknown, unknown>): unknown {
  const wrong = [...map.keys()].find((key) => !['string', 'number', 'bigint', 'boolean'].includes(typeof key));
  if (wrong !== undefined) throw new Unfit(`a Map whose keys are ${kindOf(wrong)}, expected texts or numbers`);
  const members = new Map([...map].map(([key, value]) => [String(key), value]));
  if (members.size < map.size) throw new Unfit('a Map with two keys that are the same text in JSON, as 1 and "1"');
  return Object.fromEntries(members);
}

/** Where the first value that does not fit lies: `.boxes[2].label`. */
function placeOf(value: unknown, path: string): string | undefined {
  let content: unknown;
  try {
    content = jsonValue(hasToJson(value) ? value.toJSON() : value, value);
  } catch {
    return path === '' ? 'it' : path;
  }
  if (typeof content !== 'object' || content === null || ArrayBuffer.isView(value)) return undefined;
  for (const [key, member] of Object.entries(content)) {
    const found = placeOf(member, Array.isArray(content) ? `${path}[${key}]` : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function hasToJson(value: unknown): value is { toJSON(): unknown } {
  return typeof value === 'object' && value !== null && 'toJSON' in value && typeof value.toJSON === 'function';
}
