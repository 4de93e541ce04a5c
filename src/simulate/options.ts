/** How requests come: at random distances as from many clients (a Poisson process), or evenly. */
export const ARRIVALS = ['poisson', 'steady'] as const;
export type Arrivals = (typeof ARRIVALS)[number];

/** How requests are spread over replicas. */
export const BALANCES = ['round-robin', 'random', 'least-busy'] as const;
export type Balance = (typeof BALANCES)[number];

/** Latencies that can be asked for. */
export const SLO_FIGURES = ['mean', 'p50', 'p90', 'p99'] as const;
export type SloFigure = (typeof SLO_FIGURES)[number];

/** A latency that is not to be exceeded. */
export interface Slo {
  readonly figure: SloFigure;
  readonly milliseconds: number;
}

/** What is simulated. Either `measured` or `service` says what a batch takes. */
export interface SimulateOptions {
  /** A result of `mar bench` as JSON, with the times of its batches. */
  readonly measured?: string;
  /** A distribution in words: `exponential:10ms`, `fixed:10ms`, `uniform:5ms..15ms`, `lognormal:10ms,4ms`. */
  readonly service?: string;
  /** With `service`: milliseconds that a batch takes more for each request beyond the first; default 0. */
  readonly furtherMs?: number;
  /** Requests per second. */
  readonly rate: number;
  /** Default `poisson`. */
  readonly arrivals?: Arrivals;
  /** Of each replica; default: those of the measurement, or 1. */
  readonly workers?: number;
  /** How many, or from and to, between which `scaling` chooses; default 1. */
  readonly replicas?: number | { readonly least: number; readonly most: number };
  /** With replicas from and to. */
  readonly scaling?: {
    /** Requests in flight that each replica is meant to have. */
    readonly target: number;
    /** Seconds until an added replica serves; default 30. */
    readonly startUp?: number;
    /** Seconds between two looks; default 15. */
    readonly every?: number;
    /** Seconds for which no look may have asked for a replica before it goes; default 300. */
    readonly downAfter?: number;
  };
  /** How requests are spread over replicas; default `round-robin`. */
  readonly balance?: Balance;
  /** Default: that of the measurement, or 1. */
  readonly batchSize?: number;
  /** Milliseconds; default: that of the measurement, or 100. */
  readonly maxBatchDelay?: number;
  /** Requests of a replica that wait for a worker at most; infinite is allowed. Default 100. */
  readonly queueSize?: number;
  /** Batches that a worker may have under way; default 6, as Node workers of our runner (Python workers: 1). */
  readonly prefetch?: number;
  /** With one or more, the smallest number of replicas is searched that keeps all of them. */
  readonly slo?: readonly Slo[];
  /** Replicas that are tried at most; default 1000. */
  readonly maxReplicas?: number;
  /** Hourly prices (schemas/prices.schema.json). */
  readonly priceFile?: string;
  /** What one replica rents, by the names of the prices; two of a kind stand twice. */
  readonly uses?: readonly string[];
  /** Of all runs together; default 1,000,000. */
  readonly requests?: number;
  /** Independent runs, from which the intervals come; default 10. */
  readonly runs?: number;
  /** Of the random numbers; default 1. */
  readonly seed?: number;
  /** What reports say that was run. */
  readonly command?: string;
  /** The day by which the age of prices is judged; today unless told otherwise. */
  readonly now?: Date;
  readonly signal?: AbortSignal;
}
