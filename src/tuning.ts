/** The part of the public API that is about tuning and planning; index.ts hands it on. */

import type { SimulateOptions } from '#simulate/options.js';
import type { SimulationResult } from '#simulate/result.js';
import type { TuneOptions } from '#tune/options.js';
import type { TuneResult } from '#tune/result.js';

export {
  ARRIVALS,
  type Arrivals,
  BALANCES,
  type Balance,
  type SimulateOptions,
  SLO_FIGURES,
  type Slo,
  type SloFigure,
} from '#simulate/options.js';
export type { SimulationResult } from '#simulate/result.js';
export type { TuneOptions } from '#tune/options.js';
export type { LatencyLimit, TuneResult, TuneTrial } from '#tune/result.js';
export { powersOfTwo } from '#tune/space.js';

/** The workers, threads, batches and clients with which an archive answers most within a limit of latency, found by measuring few of them. */
export async function tune(source: string, options?: TuneOptions): Promise<TuneResult> {
  const module = await import('#tune/tune.js');
  return module.tune(source, options);
}

/** Latency, throughput and cost to expect of our queue and workers behind a load, by simulation; with an objective, the fewest replicas that keep it. */
export async function simulate(options: SimulateOptions): Promise<SimulationResult> {
  const module = await import('#simulate/simulate.js');
  return module.simulate(options);
}
