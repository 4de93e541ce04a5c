import type { Configuration } from './space.js';

/** What a measurement of a configuration found. */
export interface Reading {
  /** Answers per second. */
  readonly throughput: number;
  /** Milliseconds, of the figure that the limit is about. */
  readonly latency: number;
  /** Why it cannot be chosen: the server did not start, or answered errors. */
  readonly fault?: string;
  /** Seconds that the measurement took, with the start of the server. */
  readonly took: number;
}

/** A configuration that was measured. */
export interface Trial extends Reading {
  readonly configuration: Configuration;
  /** Seconds of load that the figures are of. */
  readonly seconds: number;
  /** Whether it was measured as long as a sweep would have. */
  readonly confirmed: boolean;
}

/** Negative where the one is better: within the limit (milliseconds), then by throughput; of those beyond it, by latency. */
export function compareTrials(one: Reading, other: Reading, limit: number): number {
  const rank = (trial: Reading): number => (trial.fault !== undefined ? 2 : trial.latency <= limit ? 0 : 1);
  if (rank(one) !== rank(other)) return rank(one) - rank(other);
  return rank(one) === 0 ? other.throughput - one.throughput : one.latency - other.latency;
}

/** The trials that no other beats in both latency and throughput, by latency; none that has a fault. */
export function frontOf<T extends Reading>(trials: readonly T[]): T[] {
  const fit = trials.filter(({ fault }) => fault === undefined);
  const sorted = fit.sort((one, other) => one.latency - other.latency || other.throughput - one.throughput);
  let most = Number.NEGATIVE_INFINITY;
  return sorted.filter(({ throughput }) => {
    const isBetter = throughput > most;
    most = Math.max(most, throughput);
    return isBetter;
  });
}
