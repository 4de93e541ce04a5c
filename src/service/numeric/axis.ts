import { MarError } from '#errors/mar-error.js';
import { halfToNumber } from '../float16.js';
import type { TensorLike } from '../tensor.js';

/** A tensor seen along one of its axes: element `(outer * length + at) * inner + rest`. */
export interface Along {
  /** From 0 on. */
  readonly axis: number;
  readonly outer: number;
  /** Extent of the axis. */
  readonly length: number;
  readonly inner: number;
  readonly values: ArrayLike<number>;
}

/** The tensor along an axis; -1 is the last one. `ERR_SERVICE_ARGUMENT` for an axis that it does not have, or strings. */
export function along(tensor: TensorLike, axis: number): Along {
  const { dims } = tensor;
  const from0 = axis < 0 ? axis + dims.length : axis;
  const length = dims[from0];
  if (length === undefined)
    throw new MarError(`Axis ${axis} is none of a tensor ${describe(tensor)}.`, { code: 'ERR_SERVICE_ARGUMENT' });
  return {
    axis: from0,
    outer: product(dims.slice(0, from0)),
    length,
    inner: product(dims.slice(from0 + 1)),
    values: numbersOf(tensor),
  };
}

/** The elements as numbers, float16 decoded. `ERR_SERVICE_ARGUMENT` for strings, or for another number of elements than the shape has. */
export function numbersOf(tensor: TensorLike): ArrayLike<number> {
  const { type, data, dims } = tensor;
  if (data.length !== product(dims))
    throw new MarError(`A tensor ${describe(tensor)} has ${data.length} elements, expected ${product(dims)}.`, {
      code: 'ERR_SERVICE_ARGUMENT',
    });
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  if (type === 'string' || Array.isArray(data))
    throw new MarError(`A tensor ${describe(tensor)} holds no numbers.`, { code: 'ERR_SERVICE_ARGUMENT' });
  if (type === 'float16' && data instanceof Uint16Array) return Float32Array.from(data, halfToNumber);
  return Float64Array.from(data, Number);
}

/** `float32[1,3]` */
export function describe({ type, dims }: TensorLike): string {
  return `${type}[${dims.join(',')}]`;
}

export function product(dims: readonly number[]): number {
  return dims.reduce((all, extent) => all * extent, 1);
}

/** Whether a value has a shape, or is a bare list of numbers. */
export function isTensor(value: TensorLike | ArrayLike<number>): value is TensorLike {
  return 'dims' in value;
}
