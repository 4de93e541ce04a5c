import type { InputValue, Json } from '../inputs.js';
import type { ValueMetadata } from '../onnx-session.js';
import { PredictionError } from '../prediction-error.js';
import { ELEMENT_ARRAYS, isNumeric, type NumericType, type TensorLike } from '../tensor.js';

/** A tensor from nested lists; the shape is that of the lists. Anything else is a `PredictionError` 400. */
export function listToTensor(value: InputValue, input: ValueMetadata): TensorLike {
  const dims: number[] = [];
  for (let level: Json | Buffer = value; Array.isArray(level); level = level[0] ?? null) dims.push(level.length);
  const flat: Json[] = [];
  flatten(value, dims, 0, flat, input.name);
  if (!input.isTensor) throw refuse(input.name, 'is no tensor');
  if (input.type === 'string') return { type: 'string', data: flat.map(String), dims };
  return { type: input.type, data: numbers(input.name, numericType(input), flat), dims };
}

/** A tensor from little-endian bytes; one axis at most may be open, and is as long as the bytes say. */
export function bytesToTensor(bytes: Buffer, input: ValueMetadata): TensorLike {
  if (!input.isTensor) throw refuse(input.name, 'is no tensor');
  const type = numericType(input);
  const { BYTES_PER_ELEMENT: size } = ELEMENT_ARRAYS[type];
  const known = input.shape.reduce<number>((product, dim) => (typeof dim === 'number' ? product * dim : product), 1);
  const open = input.shape.filter((dim) => typeof dim !== 'number').length;
  const rows = bytes.length / (size * known);
  const fits = Number.isInteger(rows) && rows > 0 && (open === 1 || (open === 0 && rows === 1));
  if (!fits) {
    throw refuse(input.name, `has ${bytes.length} bytes, which do not fill ${type}[${input.shape.join(',')}]`);
  }
  // A copy: typed arrays need an aligned start.
  const data = new ELEMENT_ARRAYS[type](new Uint8Array(bytes).buffer);
  return { type, data, dims: input.shape.map((dim) => (typeof dim === 'number' ? dim : rows)) };
}

/** Nested lists in the shape of the tensor; a scalar for no axes. Big integers become numbers where a number can hold them. */
export function tensorToList({ type, data: raw, dims }: TensorLike): unknown {
  const data = type === 'float16' ? Array.from(raw as ArrayLike<unknown>, (bits) => halfToNumber(Number(bits))) : raw;
  let level: unknown[] = Array.from(data as ArrayLike<unknown>);
  for (const size of dims.slice(1).toReversed()) {
    const next: unknown[] = [];
    for (let start = 0; start < level.length; start += size) next.push(level.slice(start, start + size));
    level = next;
  }
  return dims.length === 0 ? level[0] : level;
}

/** The number that the 16 bits of an IEEE half stand for. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function numericType(input: Extract<ValueMetadata, { isTensor: true }>): NumericType {
  if (isNumeric(input.type)) return input.type;
  throw refuse(input.name, `has element type ${input.type}, which cannot be sent`);
}

function flatten(value: InputValue, dims: readonly number[], depth: number, flat: Json[], name: string): void {
  if (!Array.isArray(value)) {
    if (depth !== dims.length || Buffer.isBuffer(value)) throw refuse(name, 'is not a rectangular list');
    flat.push(value);
    return;
  }
  if (value.length !== dims[depth]) throw refuse(name, 'is not a rectangular list');
  for (const item of value) flatten(item, dims, depth + 1, flat, name);
}

function numbers(name: string, type: NumericType, flat: readonly Json[]): TensorLike['data'] {
  const wrong = flat.find((value) => typeof value !== 'number' && typeof value !== 'boolean');
  if (wrong !== undefined) throw refuse(name, `holds ${JSON.stringify(wrong)}, expected numbers`);
  if (type === 'float16') throw refuse(name, 'is float16: send its bytes, there is no list of it');
  if (type === 'int64' || type === 'uint64') {
    const whole = flat.find((value) => !Number.isSafeInteger(Number(value)));
    if (whole !== undefined) throw refuse(name, `holds ${JSON.stringify(whole)}, expected whole numbers`);
    return new ELEMENT_ARRAYS[type](flat.map((value) => BigInt(Number(value))));
  }
  const array = new ELEMENT_ARRAYS[type](flat.map(Number));
  if (!type.startsWith('float')) {
    const cut = flat.find((value, index) => Number(value) !== array[index]);
    if (cut !== undefined) throw refuse(name, `holds ${JSON.stringify(cut)}, which ${type} does not`);
  }
  return array;
}

function refuse(name: string, problem: string): PredictionError {
  return new PredictionError(`the input '${name}' ${problem}`, 400);
}
