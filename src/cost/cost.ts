/** Requests that a cost is given for, as in the table of the post on Elastic Inference. */
export const REQUESTS = 100_000;

/** A configuration that was measured. */
export interface Measured {
  /** Its name in the table. */
  readonly configuration: string;
  /** What is rented for it, by the names of the prices; two of a kind stand twice. */
  readonly uses: readonly string[];
  readonly workers?: number;
  readonly ompThreads?: number;
  /** Requests per second, above 0. */
  readonly throughput: number;
  /** Milliseconds of one request. */
  readonly latencyMs?: number;
}

/** One with its price and what requests cost there, in the currency of the prices. */
export interface Priced extends Measured {
  /** Per hour, of everything it uses together. */
  readonly hourly: number;
  /** Of 100,000 requests. */
  readonly cost: number;
}

/** A configuration beside another one: its value divided by the other's. */
export interface Ratio {
  readonly configuration: string;
  /** The one it is held against. */
  readonly against: string;
  readonly throughput: number;
  /** Absent where one of the two has no latency. */
  readonly latency?: number;
  readonly cost: number;
}

/** What 100,000 requests cost at a price per hour and so many requests per second. */
export function costOf(hourly: number, throughput: number): number {
  return (hourly / (throughput * 3600)) * REQUESTS;
}

/** How a configuration stands beside another one. */
export function ratioOf(row: Priced, other: Priced): Ratio {
  return {
    configuration: row.configuration,
    against: other.configuration,
    throughput: row.throughput / other.throughput,
    ...(row.latencyMs !== undefined && other.latencyMs !== undefined && { latency: row.latencyMs / other.latencyMs }),
    cost: row.cost / other.cost,
  };
}
