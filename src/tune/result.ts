import type { Machine, Versions } from '#bench/machine.js';
import type { FigureName } from '#bench/measure/figure-names.js';
import type { Space } from './space.js';
import type { Trial } from './trial.js';

/** What the latency may be. */
export interface LatencyLimit {
  readonly figure: Exclude<FigureName, 'throughput'>;
  /** Milliseconds. */
  readonly limit: number;
}

/** A configuration that was measured, with its cost where prices are given. */
export interface TuneTrial extends Trial {
  /** Of 100,000 requests, in the currency of the prices. */
  readonly cost?: number;
}

/** What `mar tune` found: everything that a report says. */
export interface TuneResult {
  /** The form of this object. */
  readonly format: 1;
  /** `interrupted`: what was measured until then, and the best of that. */
  readonly status: 'complete' | 'interrupted';
  /** The command line. */
  readonly command: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly source: string;
  readonly machine: Machine;
  readonly versions: Versions;
  /** The figure that latencies are of, and its limit where there is one. */
  readonly figure: LatencyLimit['figure'];
  readonly limit?: number;
  readonly space: Space;
  /** In the order in which they were first measured. */
  readonly trials: readonly TuneTrial[];
  /** Those that no other beats in both latency and throughput, by latency. */
  readonly front: readonly TuneTrial[];
  /** What is recommended: the highest throughput within the limit, or the lowest latency where nothing keeps it. */
  readonly best?: TuneTrial;
  /** Whether `best` keeps the limit. */
  readonly met: boolean;
  /** What the search saved: measurements made of how many configurations, and seconds beside those of a sweep over all (reckoned). */
  readonly search: {
    readonly measurements: number;
    readonly configurations: number;
    readonly took: number;
    readonly sweep: number;
  };
  /** The archive, or configuration of builds, that was written with `best` as its configuration. */
  readonly written?: string;
  /** Of the costs. */
  readonly currency?: string;
  /** What whoever reads the figures has to know, a sentence each. */
  readonly warnings: readonly string[];
}
