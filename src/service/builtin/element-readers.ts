import { numberToHalf } from '../float16.js';
import { ELEMENT_ARRAYS, type NumericType, type TensorLike } from '../tensor.js';

/** How the numbers that JSON does not have are written. */
const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** Makes the refusal of the element at this position. */
type Refuse = (at: number, expected: string) => Error;
type Reader = (elements: readonly unknown[], refuse: Refuse) => TensorLike['data'];

/** The number of an element, special ones as text; undefined for what is none, and for digits beyond every number. */
function numberOf(element: unknown): number | undefined {
  if (typeof element === 'number' || typeof element === 'bigint') {
    const number = Number(element);
    return Number.isFinite(number) ? number : undefined;
  }
  if (typeof element === 'boolean') return Number(element);
  return typeof element === 'string' && Object.hasOwn(SPECIAL, element) ? SPECIAL[element] : undefined;
}

const floats =
  (type: 'float32' | 'float64'): Reader =>
  (elements, refuse) => {
    const data = new ELEMENT_ARRAYS[type](elements.length);
    for (const [at, element] of elements.entries()) {
      const number = numberOf(element);
      if (number === undefined) throw refuse(at, 'a number');
      data[at] = number;
      if (Number.isFinite(number) && !Number.isFinite(data[at])) throw refuse(at, `what ${type} holds`);
    }
    return data;
  };

const halves: Reader = (elements, refuse) => {
  const data = new Uint16Array(elements.length);
  for (const [at, element] of elements.entries()) {
    const number = numberOf(element);
    if (number === undefined) throw refuse(at, 'a number');
    data[at] = numberToHalf(number);
    if (Number.isFinite(number) && Math.abs(number) >= 65520) throw refuse(at, 'what float16 holds, 65504 at most');
  }
  return data;
};

const whole =
  (type: 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32'): Reader =>
  (elements, refuse) => {
    const data = new ELEMENT_ARRAYS[type](elements.length);
    for (const [at, element] of elements.entries()) {
      const number = typeof element === 'string' ? undefined : numberOf(element);
      data[at] = number ?? 0;
      if (number === undefined || data[at] !== number) throw refuse(at, `a whole number that ${type} holds`);
    }
    return data;
  };

const large =
  (type: 'int64' | 'uint64'): Reader =>
  (elements, refuse) => {
    const data = new ELEMENT_ARRAYS[type](elements.length);
    for (const [at, element] of elements.entries()) {
      const number = largeOf(element);
      data[at] = number ?? 0n;
      if (number === undefined || data[at] !== number) throw refuse(at, `a whole number that ${type} holds`);
    }
    return data;
  };

/** A whole number of any size: digits, or digits in a text. */
function largeOf(element: unknown): bigint | undefined {
  if (typeof element === 'bigint') return element;
  if (typeof element === 'boolean') return BigInt(element);
  if (typeof element === 'string') return /^-?\d{1,20}$/.test(element) ? BigInt(element) : undefined;
  return typeof element === 'number' && Number.isSafeInteger(element) ? BigInt(element) : undefined;
}

const truths: Reader = (elements, refuse) => {
  const data = new Uint8Array(elements.length);
  for (const [at, element] of elements.entries()) {
    if (element !== true && element !== false && element !== 0 && element !== 1) throw refuse(at, 'true or false');
    data[at] = Number(element);
  }
  return data;
};

/** How the elements of each type are read from what JSON has; what does not fit is thrown as `refuse` words it. */
export const READERS: Readonly<Record<NumericType, Reader>> = {
  float32: floats('float32'),
  float64: floats('float64'),
  float16: halves,
  int8: whole('int8'),
  uint8: whole('uint8'),
  int16: whole('int16'),
  uint16: whole('uint16'),
  int32: whole('int32'),
  uint32: whole('uint32'),
  int64: large('int64'),
  uint64: large('uint64'),
  bool: truths,
};
