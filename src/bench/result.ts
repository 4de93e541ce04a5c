import type { Comparison } from './baseline/compare.js';
import type { BenchCosts } from './costs.js';
import type { Quantiles } from './figures/durations.js';
import type { Points } from './figures/times.js';
import type { Slice } from './figures/window.js';
import type { Shape } from './load/pacing.js';
import type { Machine, Versions } from './machine.js';
import type { FigureName } from './measure/figure-names.js';
import type { WarmUp } from './measure/round.js';
import type { TargetFacts } from './target/target.js';

/** Figures of one round. */
export interface RoundResult {
  readonly seconds: number;
  readonly good: number;
  readonly failed: number;
  /** Null where nothing was answered. */
  readonly figures: Readonly<Record<FigureName, number | null>>;
  readonly slices: readonly Slice[];
}

/** A figure of all answers. */
export interface FigureResult {
  /** Null where there were none. */
  readonly value: number | null;
  /** Half of its 95 % interval, told from the rounds; null where they do not give one, as of one round or a greatest latency. */
  readonly half: number | null;
}

/** What one process of the server used, over the rounds. */
export interface ProcessResult {
  /** `front end`, `worker 1`, … or the program's own name. */
  readonly name: string;
  /** Processors that it kept busy: 1.5 are one and a half. */
  readonly processors: number;
  /** At the end. */
  readonly residentBytes: number;
  readonly proportionalBytes?: number;
}

/** How the time of good answers was spent, where the server says so. */
export interface SplitResult {
  /** Waiting for a worker. */
  readonly queue: Quantiles;
  /** With the worker. */
  readonly handler: Quantiles;
  /** Network, the server's HTTP and the generator. */
  readonly network: Quantiles;
}

/** A measurement: everything that a report says, and what a later one is held against. */
export interface BenchResult {
  /** The form of this object. */
  readonly format: 1;
  /** `interrupted` and `lost` (the server answers no more): the figures are of the time before. */
  readonly status: 'complete' | 'interrupted' | 'lost';
  readonly reason?: string;
  /** The command line. */
  readonly command: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly target: TargetFacts;
  readonly machine: Machine;
  readonly versions: Versions;
  readonly load: {
    readonly shape: Shape;
    readonly timeoutMs: number;
    readonly requests: readonly { readonly name: string; readonly bytes: number }[];
    /** What answers were held against. */
    readonly judged: 'golden cases' | 'status';
    readonly leftOut: readonly string[];
  };
  readonly warmUp: WarmUp;
  readonly rounds: readonly RoundResult[];
  /** Whether every figure that was asked for became as narrow as was asked. */
  readonly narrow: boolean;
  /** Answers per second and milliseconds, over all rounds. */
  readonly figures: Readonly<Record<FigureName, FigureResult>>;
  readonly good: number;
  /** How many requests failed, by reason. They are in no figure. */
  readonly errors: Readonly<Record<string, number>>;
  /** Of all good answers; absent where there were none. */
  readonly latency?: Quantiles;
  readonly curve: readonly (readonly [share: number, milliseconds: number])[];
  readonly split?: SplitResult;
  /** How many batches had so many requests, where the server says so. */
  readonly batches?: readonly { readonly size: number; readonly batches: number }[];
  /** What `mar simulate` draws from, where the server says how it spent the time: distributions, counted once for each request. */
  readonly times?: {
    readonly handler: readonly { readonly size: number; readonly times: Points }[];
    readonly network: Points;
  };
  readonly processes: readonly ProcessResult[];
  readonly generator: {
    /** The share of the time in which the generator had no rest. */
    readonly busy: number;
    /** Milliseconds by which requests of an open loop left late on its account, of 99 in 100 at most. */
    readonly lateness?: number;
  };
  /** Present where the measurement was held against an earlier one. */
  readonly baseline?: {
    /** The earlier result; or the archive or URL that was measured too. */
    readonly file: string;
    readonly startedAt: string;
    /** True where the baseline was measured now, by turns with this one. */
    readonly paired: boolean;
    readonly comparisons: readonly Comparison[];
  };
  /** Present where costs were asked for. */
  readonly costs?: BenchCosts;
  /** What whoever reads the figures has to know, a sentence each. */
  readonly warnings: readonly string[];
}
