/** One class of an answer, in the form that Multi Model Server's classifiers made known. */
export interface ClassProbability {
  readonly probability: number;
  readonly class: string;
}

/** The `k` best classes, best first; a class without a label is named by its index. Ties keep the order of the labels. */
export function topK(probabilities: ArrayLike<number>, labels: readonly string[], k: number = 5): ClassProbability[] {
  const best: { readonly index: number; readonly probability: number }[] = [];
  for (let index = 0; index < probabilities.length; index++) {
    const probability = probabilities[index] ?? 0;
    const last = best[k - 1];
    if (last && last.probability >= probability) continue;
    let at = best.length;
    while (at > 0 && (best[at - 1]?.probability ?? 0) < probability) at--;
    best.splice(at, 0, { index, probability });
    best.length = Math.min(best.length, k);
  }
  return best.map(({ index, probability }) => ({ probability, class: labels[index] ?? String(index) }));
}
