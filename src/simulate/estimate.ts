/** A figure of independent runs, and how far it may lie off. */
export interface Estimate {
  /** The mean of the runs. */
  readonly value: number;
  /** Half of the 95 % interval. */
  readonly half: number;
  /** Of the mean. */
  readonly standardError: number;
}

/** Student's t for 95 %, two-sided, by degrees of freedom from 1. */
const T95 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131];

/** Of one value a run, from two runs. */
export function estimate(values: readonly number[]): Estimate {
  const count = values.length;
  const value = values.reduce((sum, one) => sum + one, 0) / count;
  const squares = values.reduce((sum, one) => sum + (one - value) ** 2, 0);
  const standardError = Math.sqrt(squares / (count - 1) / count);
  return { value, half: (T95[count - 2] ?? 2.12) * standardError, standardError };
}

/** The value that this share of sorted values does not exceed. */
export function quantileOf(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
