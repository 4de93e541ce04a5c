import { ELEMENT_ARRAYS, isCutText, isNumeric, type NumericType, type TensorLike } from '../tensor.js';
import { READERS } from './element-readers.js';
import { checkShape, refuseInput, type TensorInput } from './tensor-shape.js';

/** Elements of nested lists at most: no request body holds more. */
const MOST_ELEMENTS = 2 ** 31;

/** A tensor from nested lists; the shape is that of the lists, `shape` where the client gives one. All else is refused with 400. */
export function listToTensor(value: unknown, input: TensorInput, shape?: readonly number[]): TensorLike {
  const dims = shapeOf(value, input, shape);
  const size = dims.reduce((product, extent) => product * extent, 1);
  if (size > MOST_ELEMENTS) throw refuseInput(input, `has the shape [${dims.join(',')}]`);
  const elements: unknown[] = [];
  flatten(value, dims, [], elements, input);
  if (input.type === 'string') {
    for (const [at, element] of elements.entries()) {
      if (typeof element !== 'string') throw misfit(input, dims, at, element, 'a string');
      if (isCutText(element))
        throw misfit(
          input,
          dims,
          at,
          element,
          'a text without NUL and halves of surrogate pairs, which do not pass ONNX Runtime',
        );
    }
    return { type: 'string', data: elements.map(String), dims };
  }
  const type = numericType(input);
  return {
    type,
    data: READERS[type](elements, (at, expected) => misfit(input, dims, at, elements[at], expected)),
    dims,
  };
}

/**
 * A tensor from little-endian bytes, row-major. The shape is the client's `shape`, else the model's where it leaves one axis open at
 * most, which then is as long as the bytes say. All else is refused with 400.
 */
export function bytesToTensor(bytes: Buffer, input: TensorInput, shape?: readonly number[]): TensorLike {
  if (input.type === 'string') throw refuseInput(input, 'is sent as bytes, and strings have no such form: send JSON');
  const type = numericType(input);
  const { BYTES_PER_ELEMENT: size } = ELEMENT_ARRAYS[type];
  const dims = shape ?? shapeOfBytes(bytes, input, size);
  const expected = dims.reduce((product, extent) => product * extent, size);
  if (bytes.length !== expected) {
    throw refuseInput(input, `has ${bytes.length} bytes, expected ${expected} for the shape [${dims.join(',')}]`);
  }
  // Typed arrays need an aligned start, which large values have (`MessageDecoder`).
  const { buffer, byteOffset } = bytes;
  const data =
    buffer instanceof ArrayBuffer && byteOffset % size === 0
      ? new ELEMENT_ARRAYS[type](buffer, byteOffset, expected / size)
      : new ELEMENT_ARRAYS[type](new Uint8Array(bytes).buffer);
  if (type === 'bool') {
    const at = bytes.findIndex((byte) => byte > 1);
    if (at >= 0) throw refuseInput(input, `has the byte ${bytes[at]} at ${at}, expected 0 or 1`);
  }
  return { type, data, dims };
}

/** True when bytes are as many as the input takes: they may be a tensor. */
export function fitsBytes(bytes: Buffer, input: TensorInput, shape?: readonly number[]): boolean {
  if (!isNumeric(input.type)) return false;
  const { BYTES_PER_ELEMENT: size } = ELEMENT_ARRAYS[input.type];
  if (shape) return bytes.length === shape.reduce((product, extent) => product * extent, size);
  const [row, open] = rowOf(input, size);
  return open === 0 ? bytes.length === row : bytes.length % row === 0;
}

/** Bytes of what the fixed axes span, and how many axes are open. */
function rowOf({ shape }: TensorInput, size: number): [row: number, open: number] {
  const fixed = shape.filter((extent) => typeof extent === 'number');
  return [fixed.reduce((product, extent) => product * extent, size), shape.length - fixed.length];
}

function shapeOfBytes(bytes: Buffer, input: TensorInput, size: number): readonly number[] {
  const [row, open] = rowOf(input, size);
  if (open > 1) {
    throw refuseInput(
      input,
      `has ${bytes.length} bytes and ${open} open axes: give its shape in the header x-tensor-shape, such as ${input.shape.map((extent) => (typeof extent === 'number' ? extent : 1)).join(',')}`,
    );
  }
  const count = open === 0 ? 1 : bytes.length / row;
  if (row === 0 || !Number.isInteger(count) || bytes.length === 0 || (open === 0 && bytes.length !== row)) {
    throw refuseInput(input, `has ${bytes.length} bytes, expected ${open === 0 ? row : `a multiple of ${row}`}`);
  }
  return input.shape.map((extent) => (typeof extent === 'number' ? extent : count));
}

/** The shape of nested lists; that of an empty one is the model's as far as it is fixed. */
function shapeOf(value: unknown, input: TensorInput, shape: readonly number[] | undefined): readonly number[] {
  if (!Array.isArray(value) && (shape ?? input.shape).length > 0)
    throw refuseInput(input, `is ${shown(value)}, expected nested lists`);
  const dims: number[] = [];
  for (let level = value; Array.isArray(level); level = level[0]) dims.push(level.length);
  if (dims.at(-1) === 0 && dims.length < (shape ?? input.shape).length) {
    const rest = (shape ?? input.shape)
      .slice(dims.length)
      .map((extent) => (typeof extent === 'number' ? extent : undefined));
    if (rest.includes(undefined)) {
      throw refuseInput(
        input,
        'is an empty list whose other axes are open: give its shape in the header x-tensor-shape',
      );
    }
    dims.push(...rest.flatMap((extent) => extent ?? []));
  }
  if (shape && String(shape) !== String(dims)) {
    throw refuseInput(input, `has the shape [${dims.join(',')}], and x-tensor-shape says [${shape.join(',')}]`);
  }
  checkShape(input, dims);
  return dims;
}

/** All elements in order; lists of different lengths are refused. */
function flatten(
  value: unknown,
  dims: readonly number[],
  path: readonly number[],
  elements: unknown[],
  input: TensorInput,
): void {
  const depth = path.length;
  if (depth === dims.length) {
    if (Array.isArray(value)) throw refuseInput(input, `is ragged: a list at ${place(path)}, expected an element`);
    elements.push(value);
    return;
  }
  if (!Array.isArray(value))
    throw refuseInput(input, `is ragged: ${shown(value)} at ${place(path)}, expected a list of ${dims[depth]}`);
  if (value.length !== dims[depth]) {
    // An empty list ends the nesting early, where the shape goes on.
    if (value.length === 0 && dims.includes(0)) return;
    throw refuseInput(input, `is ragged: a list of ${value.length} at ${place(path)}, expected ${dims[depth]}`);
  }
  if (depth === dims.length - 1) {
    for (const [at, element] of value.entries()) {
      if (Array.isArray(element))
        throw refuseInput(input, `is ragged: a list at ${place([...path, at])}, expected an element`);
      elements.push(element);
    }
    return;
  }
  for (const [at, item] of value.entries()) flatten(item, dims, [...path, at], elements, input);
}

function numericType(input: TensorInput): NumericType {
  if (isNumeric(input.type)) return input.type;
  throw refuseInput(input, `has the element type ${input.type}, which cannot be sent`);
}

function misfit(input: TensorInput, dims: readonly number[], at: number, element: unknown, expected: string): Error {
  const path: number[] = [];
  let rest = at;
  for (const extent of dims.toReversed()) {
    path.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return refuseInput(input, `holds ${shown(element)} at ${place(path)}, expected ${expected}`);
}

/** `[0][2]`; the whole for no path. */
function place(path: readonly number[]): string {
  return path.length === 0 ? 'its top' : path.map((at) => `[${at}]`).join('');
}

/** A value of a request in a sentence, cut where it is long. */
function shown(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number beyond 1.8e308';
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
