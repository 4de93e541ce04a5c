/** The part of the public API that is about tuning; index.ts hands it on. */

import type { TuneOptions } from '#tune/options.js';
import type { TuneResult } from '#tune/result.js';

export type { TuneOptions } from '#tune/options.js';
export type { LatencyLimit, TuneResult, TuneTrial } from '#tune/result.js';
export { powersOfTwo } from '#tune/space.js';

/** The workers, threads, batches and clients with which an archive answers most within a limit of latency, found by measuring few of them. */
export async function tune(source: string, options?: TuneOptions): Promise<TuneResult> {
  const module = await import('#tune/tune.js');
  return module.tune(source, options);
}
