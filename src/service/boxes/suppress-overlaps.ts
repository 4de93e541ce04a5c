import { type Box, overlap } from './box.js';

/** A box that a model proposes, with its score and the number of its class. */
export interface Candidate {
  readonly box: Box;
  readonly score: number;
  readonly label: number;
}

/** Which boxes are left. */
export interface OverlapOptions {
  /** Of two boxes that overlap by more than this (intersection over union, 0 to 1) the better one stays; default 0.45. */
  readonly overlap?: number;
  /** Boxes below this score are left out before; default 0: none. */
  readonly score?: number;
  /** Boxes at most, the best ones; default 100. */
  readonly limit?: number;
  /** Boxes of different classes leave each other alone (default true). */
  readonly perClass?: boolean;
}

/**
 * Non-maximum suppression: the boxes by score, best first, without those that overlap one that stays. What is suppressed suppresses
 * nothing; equal scores keep their order; `limit` counts all classes together. A score of `score`, and an overlap of `overlap`, stay.
 */
export function suppressOverlaps<T extends Candidate>(candidates: readonly T[], options: OverlapOptions = {}): T[] {
  const { overlap: most = 0.45, score: least = 0, limit = 100, perClass = true } = options;
  const kept: T[] = [];
  const good = candidates.filter(({ score }) => score >= least);
  for (const candidate of good.sort((one, other) => other.score - one.score)) {
    if (kept.length >= limit) break;
    const isCovered = kept.some(
      (better) => (!perClass || better.label === candidate.label) && overlap(better.box, candidate.box) > most,
    );
    if (!isCovered) kept.push(candidate);
  }
  return kept;
}
