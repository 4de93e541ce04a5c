import { t95 } from '#student.js';

/** A figure of independent runs, and how far it may lie off. */
export interface Estimate {
  /** The mean of the runs. */
  readonly value: number;
  /** Half of the 95 % interval. */
  readonly half: number;
  /** Of the mean. */
  readonly standardError: number;
}

/** Of one value a run, from two runs. */
export function estimate(values: readonly number[]): Estimate {
  const count = values.length;
  const value = values.reduce((sum, one) => sum + one, 0) / count;
  const squares = values.reduce((sum, one) => sum + (one - value) ** 2, 0);
  const standardError = Math.sqrt(squares / (count - 1) / count);
  return { value, half: t95(count - 1) * standardError, standardError };
}

/** The value that this share of sorted values does not exceed. */
export function quantileOf(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
