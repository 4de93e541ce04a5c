import { MarError } from '#errors/mar-error.js';
import type { FloatTensor, TensorLike } from '../tensor.js';
import { along, describe, numbersOf } from './axis.js';

/**
 * The mean of each text's token vectors, filling left out: vectors `[texts, tokens, size]` and the mask `[texts, tokens]` (1 for a token)
 * make `[texts, size]`. A text without tokens is all zeros.
 */
export function meanPool(vectors: TensorLike, mask: TensorLike): FloatTensor {
  const [texts = 0, tokens = 0, size = 0] = vectors.dims;
  if (vectors.dims.length !== 3 || mask.dims.length !== 2 || mask.dims[0] !== texts || mask.dims[1] !== tokens)
    throw new MarError(
      `meanPool is given vectors ${describe(vectors)} and a mask ${describe(mask)}, expected [texts,tokens,size] and [texts,tokens].`,
      { code: 'ERR_SERVICE_ARGUMENT' },
    );
  const [values, weights] = [numbersOf(vectors), numbersOf(mask)];
  const data = new Float32Array(texts * size);
  for (let text = 0; text < texts; text++) {
    const sums = new Float64Array(size);
    let count = 0;
    for (let token = text * tokens; token < (text + 1) * tokens; token++) {
      const weight = weights[token] ?? 0;
      if (weight === 0) continue;
      count += weight;
      for (let at = 0; at < size; at++) sums[at] = (sums[at] ?? 0) + weight * (values[token * size + at] ?? 0);
    }
    if (count > 0) for (let at = 0; at < size; at++) data[text * size + at] = (sums[at] ?? 0) / count;
  }
  return { type: 'float32', data, dims: [texts, size] };
}

/** Vectors of length 1 along an axis (default the last one), with the same shape; a vector of zeros stays one. */
export function l2Normalise(tensor: TensorLike, axis: number = -1): FloatTensor {
  const { outer, length, inner, values } = along(tensor, axis);
  const data = new Float32Array(outer * length * inner);
  for (let line = 0; line < outer * inner; line++) {
    const start = Math.floor(line / inner) * length * inner + (line % inner);
    const end = start + length * inner;
    let sum = 0;
    for (let at = start; at < end; at += inner) sum += (values[at] ?? 0) ** 2;
    const size = Math.max(Math.sqrt(sum), 1e-12);
    for (let at = start; at < end; at += inner) data[at] = (values[at] ?? 0) / size;
  }
  return { type: 'float32', data, dims: tensor.dims };
}
