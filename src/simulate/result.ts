import type { Scaling } from './engine/fleet.js';
import type { ReplicaShape } from './engine/replica.js';
import type { Counts } from './engine/run.js';
import type { Estimate } from './estimate.js';
import type { Arrivals, Balance, Slo, SloFigure } from './options.js';

/** What is to be expected of a number of replicas, or of a rule for them. */
export interface Expected {
  /** Null where the queue grows without end: there is no latency to expect. */
  readonly latency: Readonly<Record<SloFigure, Estimate>> | null;
  /** Answers per second. */
  readonly throughput: Estimate;
  /** The share of the time in which a worker is busy. */
  readonly utilisation: Estimate;
  /** The share of requests that find the queue full. */
  readonly refused: Estimate;
  /** That are paid for, those that start included. */
  readonly replicas: Estimate;
  /** Requests of a batch. */
  readonly batch: Estimate;
  /** Over all runs, warm-up included. */
  readonly counts: Counts;
  /** What arrives as a share of what all workers can answer in full batches; of the most replicas where a rule chooses. */
  readonly load: number;
}

/** A number of replicas that was tried for an objective. */
export interface Tried {
  readonly replicas: number;
  readonly met: boolean;
  readonly expected: Expected;
}

/** What replicas cost. */
export interface SimulatedCosts {
  readonly currency: string;
  /** The day of the prices, and where they come from. */
  readonly pricesOf: string;
  readonly pricesFrom?: string;
  readonly uses: readonly string[];
  /** Per hour, of one replica and of all of them. */
  readonly hourlyOfOne: number;
  readonly hourly: number;
  /** Of 100,000 answered requests; null where none is answered. */
  readonly cost: number | null;
}

/** A simulation: what was asked, what is to be expected, and how far it may lie off. */
export interface SimulationResult {
  /** The form of this object. */
  readonly format: 1;
  readonly command?: string;
  readonly asked: {
    readonly service: string;
    /** The mean of one request alone, in milliseconds. */
    readonly serviceMean: number;
    readonly rate: number;
    readonly arrivals: Arrivals;
    /** A queue without bound is null in JSON. */
    readonly replica: ReplicaShape;
    readonly replicas: number;
    readonly scaling?: Scaling;
    readonly balance: Balance;
    readonly requests: number;
    readonly runs: number;
    readonly seed: number;
  };
  /** Requests per second that one replica can answer at most. */
  readonly capacity: number;
  /** With an objective: of the fewest replicas that keep it, or of the best that were found. */
  readonly expected: Expected;
  readonly slo?: {
    readonly limits: readonly Slo[];
    readonly met: boolean;
    /** In the order of trying. */
    readonly tried: readonly Tried[];
  };
  readonly costs?: SimulatedCosts;
  /** What whoever reads the figures has to know, a sentence each. */
  readonly warnings: readonly string[];
}
