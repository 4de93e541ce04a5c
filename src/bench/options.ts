import type { PredictInput } from '#testing/predict.js';
import type { FailOn } from './baseline/compare.js';
import type { CostBasis } from './costs.js';
import type { Arrivals } from './load/arrivals.js';
import type { MeasureProgress } from './measure/round.js';
import type { RunnerOptions } from './target/our-runner.js';

/** What is measured, and how. Without anything but a source: one connection, the golden cases, rounds of 5 s. */
export interface BenchOptions extends RunnerOptions, CostBasis {
  /** What is sent, in turn; default: the golden cases of the archive. */
  readonly inputs?: readonly PredictInput[];
  /** Of every request; a golden case's own win. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For a URL: the archive or model directory whose golden cases are sent. */
  readonly cases?: string;
  /** Closed loop: connections that wait for each answer (default 1). Open loop: connections at most (default 256). */
  readonly connections?: number;
  /** Requests per second, whether or not answers come: an open loop. */
  readonly rate?: number;
  /** How requests of an open loop are spread; default `constant`. */
  readonly arrivals?: Arrivals;
  /** Of the random numbers of `poisson`; default 1. */
  readonly seed?: number;
  /** Milliseconds that a request may be under way; default 30,000. */
  readonly timeoutMs?: number;
  /** Seconds of a round; default 5. */
  readonly duration?: number;
  /** Seconds of load before the first round; default until the latency has settled, 30 at most. */
  readonly warmUp?: number;
  /** Rounds at most, and at least where there are fewer than 3; default 10. */
  readonly rounds?: number;
  /** Half of the 95 % interval at which no further round is needed, as a share of the figure; default 0.05. */
  readonly precision?: number;
  /** The server's process on this machine, for a URL. */
  readonly pid?: number;
  /** An earlier result as JSON (`.json`), or an archive or URL that is measured now too, by turns. */
  readonly baseline?: string;
  /** What may become worse than in the baseline, and how much. */
  readonly failOn?: readonly FailOn[];
  /** Takes a baseline of another machine. */
  readonly otherMachine?: boolean;
  /** What reports say that was run. */
  readonly command?: string;
  readonly onProgress?: (progress: BenchProgress) => void;
}

/** Where a measurement stands. */
export type BenchProgress = MeasureProgress | { readonly phase: 'start' };
