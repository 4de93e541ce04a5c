import type { FloatTensor, TensorLike } from '../tensor.js';
import { type Along, along, isTensor, numbersOf } from './axis.js';

/**
 * Probabilities from logits: positive, their sum is 1. Exact for large logits too. Of a list for all of it, of a tensor along an axis
 * (default the last one), with the same shape.
 */
export function softmax(logits: ArrayLike<number>): Float32Array;
export function softmax(logits: TensorLike, axis?: number): FloatTensor;
export function softmax(logits: TensorLike | ArrayLike<number>, axis: number = -1): Float32Array | FloatTensor {
  if (isTensor(logits)) return { type: 'float32', data: probabilities(along(logits, axis)), dims: logits.dims };
  return probabilities({ axis: 0, outer: 1, length: logits.length, inner: 1, values: logits });
}

/** `1 / (1 + exp(-x))` of each element: a list, or a tensor of the same shape. */
export function sigmoid(logits: ArrayLike<number>): Float32Array;
export function sigmoid(logits: TensorLike): FloatTensor;
export function sigmoid(logits: TensorLike | ArrayLike<number>): Float32Array | FloatTensor {
  const of = (values: ArrayLike<number>): Float32Array => Float32Array.from(values, (x) => 1 / (1 + Math.exp(-x)));
  return isTensor(logits) ? { type: 'float32', data: of(numbersOf(logits)), dims: logits.dims } : of(logits);
}

function probabilities({ outer, length, inner, values }: Along): Float32Array {
  const result = new Float32Array(outer * length * inner);
  for (let line = 0; line < outer * inner; line++) {
    const start = Math.floor(line / inner) * length * inner + (line % inner);
    const end = start + length * inner;
    let max = Number.NEGATIVE_INFINITY;
    for (let at = start; at < end; at += inner) max = Math.max(max, values[at] ?? max);
    let sum = 0;
    for (let at = start; at < end; at += inner) {
      const value = Math.exp((values[at] ?? 0) - max);
      result[at] = value;
      sum += value;
    }
    for (let at = start; at < end; at += inner) result[at] = (result[at] ?? 0) / sum;
  }
  return result;
}
