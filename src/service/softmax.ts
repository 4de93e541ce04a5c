/** Probabilities from logits: positive, their sum is 1. Exact for large logits too. */
export function softmax(logits: ArrayLike<number>): Float32Array {
  let max = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < logits.length; index++) max = Math.max(max, logits[index] ?? max);
  const result = new Float32Array(logits.length);
  let sum = 0;
  for (let index = 0; index < result.length; index++) {
    const value = Math.exp((logits[index] ?? 0) - max);
    result[index] = value;
    sum += value;
  }
  for (let index = 0; index < result.length; index++) result[index] = (result[index] ?? 0) / sum;
  return result;
}
