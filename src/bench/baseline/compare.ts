import { pairedRatioOf, type Ratio, ratioOf } from '../measure/confidence.js';
import type { FigureName } from '../measure/figure-names.js';

/** How far a figure may become worse than in a baseline. */
export interface FailOn {
  readonly figure: FigureName;
  /** As a share of the baseline's: 0.1 lets a latency grow by a tenth, -0.05 lets the throughput fall by a twentieth. */
  readonly change: number;
}

/**
 * What became of a figure: `pass` and `fail` where the whole 95 % interval of the change lies on one side of the limit; `unclear` where the
 * machine is too noisy to tell, or there are too few rounds.
 */
export interface Comparison extends FailOn {
  /** The change that was seen, as a share; null where it cannot be told. */
  readonly seen: number | null;
  /** Its 95 % interval. */
  readonly low: number | null;
  readonly high: number | null;
  readonly verdict: 'pass' | 'fail' | 'unclear';
}

/** Holds the rounds of two measurements against each other. */
export function compare(limit: FailOn, values: readonly number[], before: readonly number[]): Comparison {
  return judged(limit, ratioOf(values, before));
}

/** The same of rounds that were measured by turns: each against the one beside it. */
export function comparePairs(limit: FailOn, values: readonly number[], before: readonly number[]): Comparison {
  return judged(limit, pairedRatioOf(values, before));
}

function judged({ figure, change }: FailOn, ratio: Ratio | undefined): Comparison {
  if (!ratio) return { figure, change, seen: null, low: null, high: null, verdict: 'unclear' };
  const { value, low, high } = ratio;
  const limit = 1 + change;
  // Less is worse for the throughput, more for everything else.
  const [isPast, isWithin] = figure === 'throughput' ? [high < limit, low >= limit] : [low > limit, high <= limit];
  const verdict = isPast ? 'fail' : isWithin ? 'pass' : 'unclear';
  return { figure, change, seen: value - 1, low: low - 1, high: high - 1, verdict };
}
