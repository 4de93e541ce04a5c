import { t95 } from '#student.js';

/** A figure and how far it may lie off, with 95 % confidence. */
export interface Interval {
  readonly value: number;
  /** Half the width; infinite of a single value. */
  readonly half: number;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The variance of the mean of these values, told from how far they lie from `middle`. */
function varianceOfMean(values: readonly number[], middle = meanOf(values)): number {
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return squares / (values.length - 1) / values.length;
}

/**
 * Half of the 95 % interval of a figure of all answers, told from the same figure of equal rounds: how far these lie from it. Where long
 * queues come in few of the rounds, the mean of their quantiles lies below that of all answers, and this is wider for it.
 */
export function halfAround(whole: number, rounds: readonly number[]): number {
  if (rounds.length < 2) return Number.POSITIVE_INFINITY;
  return t95(rounds.length - 1) * Math.sqrt(varianceOfMean(rounds, whole));
}

/** The mean of the values of equal rounds. */
export function interval(values: readonly number[]): Interval {
  const value = meanOf(values);
  return { value, half: halfAround(value, values) };
}

/** How the mean of one group stands to that of another: their ratio and its 95 % bounds (Welch's test on the logarithms). */
export interface Ratio {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Undefined where there is nothing to tell from: fewer than two values on a side, or one that is not positive. */
export function ratioOf(values: readonly number[], before: readonly number[]): Ratio | undefined {
  const usable = (group: readonly number[]): boolean => group.length > 1 && group.every((value) => value > 0);
  if (!usable(values) || !usable(before)) return undefined;
  const [now, then] = [values.map(Math.log), before.map(Math.log)];
  const [own, other] = [varianceOfMean(now), varianceOfMean(then)];
  const change = meanOf(now) - meanOf(then);
  const spread = own + other;
  // Welch and Satterthwaite; groups without any spread leave nothing to divide by.
  const freedom = spread === 0 ? 1e9 : spread ** 2 / (own ** 2 / (now.length - 1) + other ** 2 / (then.length - 1));
  const half = spread === 0 ? 0 : t95(freedom) * Math.sqrt(spread);
  return { value: Math.exp(change), low: Math.exp(change - half), high: Math.exp(change + half) };
}

/** The same of values that belong together in pairs: what disturbed both of a pair is not in it. */
export function pairedRatioOf(values: readonly number[], before: readonly number[]): Ratio | undefined {
  const changes = values.map((value, index) => Math.log(value / (before[index] ?? Number.NaN)));
  if (changes.length < 2 || values.length !== before.length || !changes.every(Number.isFinite)) return undefined;
  const { value, half } = interval(changes);
  return { value: Math.exp(value), low: Math.exp(value - half), high: Math.exp(value + half) };
}
