/** A box that a model proposes: corners x1, y1, x2, y2, and the number of its class. */
export interface Candidate {
  readonly box: readonly [x1: number, y1: number, x2: number, y2: number];
  readonly score: number;
  readonly label: number;
}

/**
 * Non-maximum suppression: the best boxes first, without those that overlap a better one of their class by more than `threshold`
 * (intersection over union), at most `limit`.
 */
export function suppressOverlaps(candidates: readonly Candidate[], threshold: number, limit: number): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of candidates.toSorted((one, other) => other.score - one.score)) {
    if (kept.length === limit) break;
    const covered = kept.some(
      (better) => better.label === candidate.label && overlap(better.box, candidate.box) > threshold,
    );
    if (!covered) kept.push(candidate);
  }
  return kept;
}

/** Intersection over union of two boxes, 0 to 1. */
function overlap(one: Candidate['box'], other: Candidate['box']): number {
  const width = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
  const height = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (area(one) + area(other) - shared);
}

function area([x1, y1, x2, y2]: Candidate['box']): number {
  return (x2 - x1) * (y2 - y1);
}
