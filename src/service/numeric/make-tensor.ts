import { MarError } from '#errors/mar-error.js';
import { numberToHalf } from '../float16.js';
import { ELEMENT_ARRAYS, type FloatTensor, isNumeric, type NumericType, type TensorLike } from '../tensor.js';
import { product } from './axis.js';

/** What a tensor is made of: an element, lists in lists, or a typed array. */
export type TensorValues = number | bigint | boolean | string | ArrayBufferView | readonly TensorValues[];

/** A tensor of whole numbers of 64 bits. */
export interface Int64Tensor extends TensorLike {
  readonly type: 'int64';
  readonly data: BigInt64Array;
}

type Element = number | bigint | boolean | string;

/** Whole numbers that a type holds; bits, and whether one of them is the sign. */
const RANGES: Readonly<Partial<Record<NumericType, readonly [low: bigint, high: bigint]>>> = {
  int8: signed(8n),
  int16: signed(16n),
  int32: signed(32n),
  int64: signed(64n),
  uint8: unsigned(8n),
  uint16: unsigned(16n),
  uint32: unsigned(32n),
  uint64: unsigned(64n),
  bool: unsigned(1n),
};

/**
 * A tensor of this type, row-major. Without `dims` it has the shape of the lists: none for an element, `[n]` for a list of n or a typed
 * array. Elements are numbers, big integers or true and false, strings for `string`; float16 is made from numbers, or from its bits in a
 * Uint16Array. `ERR_SERVICE_ARGUMENT` for ragged lists, another number of elements than `dims` has, or one that the type cannot hold.
 */
export function tensor(type: TensorLike['type'], values: TensorValues, dims?: readonly number[]): TensorLike {
  const { elements, shape: found } = ArrayBuffer.isView(values) ? whole(elementsOf(values)) : readLists(values);
  const shape = dims ?? found;
  if (shape.some((extent) => !Number.isSafeInteger(extent) || extent < 0))
    throw refusal(`Its shape is [${shape}], expected whole numbers from 0 on.`, type);
  if (elements.length !== product(shape))
    throw refusal(`It has ${elements.length} elements, expected ${product(shape)} for the shape [${shape}].`, type);
  return { type, data: dataOf(type, elements), dims: shape };
}

/** `tensor('float32', values, dims)` */
export function floats(values: TensorValues, dims?: readonly number[]): FloatTensor {
  const { data, dims: shape } = tensor('float32', values, dims);
  if (data instanceof Float32Array) return { type: 'float32', data, dims: shape };
  throw refusal('It has no numbers.', 'float32');
}

/** `tensor('int64', values, dims)`: plain numbers will do, as long as they are whole. */
export function int64(values: TensorValues, dims?: readonly number[]): Int64Tensor {
  const { data, dims: shape } = tensor('int64', values, dims);
  if (data instanceof BigInt64Array) return { type: 'int64', data, dims: shape };
  throw refusal('It has no numbers.', 'int64');
}

function dataOf(type: TensorLike['type'], elements: ArrayLike<Element>): TensorLike['data'] {
  if (type === 'string') {
    const strings = Array.from(elements).filter((element) => typeof element === 'string');
    if (strings.length === elements.length) return strings;
    const at = Array.from(elements).findIndex((element) => typeof element !== 'string');
    throw refusal(`Element ${at} is ${say(elements[at])}, expected a text.`, type);
  }
  if (!isNumeric(type)) throw refusal('Its type has no typed array in JavaScript.', type);
  const Elements = ELEMENT_ARRAYS[type];
  if (elements instanceof Elements && type !== 'bool') return elements;
  const range = RANGES[type];
  for (let at = 0; at < elements.length; at++) check(elements[at], at, type, range);
  if (type === 'int64') return BigInt64Array.from(Array.from(elements, BigInt));
  if (type === 'uint64') return BigUint64Array.from(Array.from(elements, BigInt));
  if (type === 'float16') return Uint16Array.from(Array.from(elements, Number), numberToHalf);
  return ELEMENT_ARRAYS[type].from(Array.from(elements, Number));
}

function check(
  element: Element | undefined,
  at: number,
  type: NumericType,
  range: readonly [low: bigint, high: bigint] | undefined,
): void {
  if (element === undefined || typeof element === 'string')
    throw refusal(`Element ${at} is ${say(element)}, expected a number.`, type);
  if (!range || typeof element === 'boolean') return;
  const isExact = typeof element === 'bigint' || Number.isSafeInteger(element);
  if (!isExact) throw refusal(`Element ${at} is ${element}, expected a whole number, a BigInt from 2^53 on.`, type);
  if (element < range[0] || element > range[1])
    throw refusal(`Element ${at} is ${element}, expected ${range[0]} to ${range[1]}.`, type);
}

interface Elements {
  readonly elements: ArrayLike<Element>;
  readonly shape: readonly number[];
}

function whole(elements: ArrayLike<Element>): Elements {
  return { elements, shape: [elements.length] };
}

/** The elements of a typed array; a DataView has none. */
function elementsOf(values: ArrayBufferView): ArrayLike<number | bigint> {
  for (const TypedArray of [...Object.values(ELEMENT_ARRAYS), Uint8ClampedArray])
    if (values instanceof TypedArray) return values;
  throw refusal('Its values are a view without elements, expected a typed array or lists.');
}

/** Lists in lists, which may end in typed arrays; all of one depth are as long as the first. */
function readLists(values: TensorValues): Elements {
  const shape: number[] = [];
  for (let first: TensorValues | undefined = values; first !== undefined && isList(first); first = listOf(first)[0])
    shape.push(listOf(first).length);
  const elements: Element[] = [];
  const walk = (value: TensorValues, depth: number): void => {
    const extent = shape[depth];
    const length = isList(value) ? listOf(value).length : undefined;
    if (length !== extent) {
      const kind = length === undefined ? 'an element' : `a list of ${length}`;
      const wanted = extent === undefined ? 'an element' : `a list of ${extent}`;
      throw refusal(`Its lists are ragged: ${kind} where the first is ${wanted}.`);
    }
    if (isList(value)) for (const member of Array.from(listOf(value))) walk(member, depth + 1);
    else elements.push(value);
  };
  walk(values, 0);
  return { elements, shape };
}

type List = ArrayBufferView | readonly TensorValues[];

function isList(value: TensorValues): value is List {
  return typeof value === 'object';
}

function listOf(list: List): ArrayLike<TensorValues> {
  return ArrayBuffer.isView(list) ? elementsOf(list) : list;
}

function signed(bits: bigint): [bigint, bigint] {
  return [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
}

function unsigned(bits: bigint): [bigint, bigint] {
  return [0n, 2n ** bits - 1n];
}

function say(element: Element | undefined): string {
  return typeof element === 'string' ? JSON.stringify(element) : String(element);
}

function refusal(problem: string, type = ''): MarError {
  return new MarError(`A tensor${type && ` of ${type}`} cannot be made. ${problem}`, { code: 'ERR_SERVICE_ARGUMENT' });
}
