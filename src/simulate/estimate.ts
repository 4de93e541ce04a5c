import { t95 } from '#student.js';

/** A figure of independent runs, and how far it may lie off. */
export interface Estimate {
  /** The mean of the runs. */
  readonly value: number;
  /** Half of the 95 % interval, with what a measurement of so few requests leaves open. */
  readonly half: number;
  /** Of the mean, by the runs alone. */
  readonly standardError: number;
}

/**
 * Of one value a run, from two runs. `others` are the values of the same runs with times as they might have been measured as well: how far
 * those lie apart widens the interval, and more runs make that no narrower.
 */
export function estimate(values: readonly number[], others: readonly number[] = values): Estimate {
  const count = values.length;
  const value = values.reduce((sum, one) => sum + one, 0) / count;
  const standardError = deviation(values) / Math.sqrt(count);
  const measured = deviation(others.map((one, run) => one - (values[run] ?? Number.NaN)));
  return { value, half: t95(count - 1) * Math.hypot(standardError, measured), standardError };
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  return Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1));
}

/** The value that this share of sorted values does not exceed. */
export function quantileOf(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
