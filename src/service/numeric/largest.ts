import { MarError } from '#errors/mar-error.js';
import type { FloatTensor, TensorLike } from '../tensor.js';
import { along, isTensor } from './axis.js';

/** Positions along an axis. */
export interface IndexTensor extends TensorLike {
  readonly type: 'int32';
  readonly data: Int32Array;
}

/**
 * The position of the largest element, the first one of equals, NaN before all, as numpy: of a list a number (-1 for an empty one), of a
 * tensor along an axis (default the last one), which is gone from the shape.
 */
export function argmax(values: ArrayLike<number>): number;
export function argmax(values: TensorLike, axis?: number): IndexTensor;
export function argmax(values: TensorLike | ArrayLike<number>, axis: number = -1): number | IndexTensor {
  if (!isTensor(values)) return largest(values, 0, values.length, 1);
  const { axis: gone, outer, length, inner, values: numbers } = along(values, axis);
  const data = new Int32Array(outer * inner);
  for (let line = 0; line < data.length; line++) {
    const start = Math.floor(line / inner) * length * inner + (line % inner);
    data[line] = largest(numbers, start, length, inner);
  }
  return { type: 'int32', data, dims: values.dims.toSpliced(gone, 1) };
}

/**
 * The `k` largest elements along an axis (default the last one), largest first, equals in their order, and where they are. The axis has
 * `k` elements then; an axis with fewer is `ERR_SERVICE_ARGUMENT`.
 */
export function topValues(
  tensor: TensorLike,
  k: number,
  axis: number = -1,
): { readonly values: FloatTensor; readonly indices: IndexTensor } {
  const { axis: changed, outer, length, inner, values } = along(tensor, axis);
  if (!Number.isInteger(k) || k < 1 || k > length)
    throw new MarError(`topValues is asked for ${k} of ${length} elements.`, { code: 'ERR_SERVICE_ARGUMENT' });
  const best = new Float32Array(outer * k * inner);
  const indices = new Int32Array(best.length);
  for (let line = 0; line < outer * inner; line++) {
    const [block, rest] = [Math.floor(line / inner), line % inner];
    const valueAt = (at: number): number => values[(block * length + at) * inner + rest] ?? 0;
    const order = Array.from({ length }, (_, at) => at).sort((one, other) => valueAt(other) - valueAt(one));
    for (const [rank, at] of order.slice(0, k).entries()) {
      const to = (block * k + rank) * inner + rest;
      best[to] = valueAt(at);
      indices[to] = at;
    }
  }
  const dims = tensor.dims.with(changed, k);
  return { values: { type: 'float32', data: best, dims }, indices: { type: 'int32', data: indices, dims } };
}

function largest(values: ArrayLike<number>, start: number, length: number, step: number): number {
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < length; at++) {
    const value = values[start + at * step] ?? 0;
    if (Number.isNaN(value)) return at;
    if (best < 0 || value > most) {
      best = at;
      most = value;
    }
  }
  return best;
}
