import type { Measure } from '#tune/search.js';
import type { Configuration } from '#tune/space.js';
import type { Reading } from '#tune/trial.js';

/** A machine and a model, made up. */
export interface Surface {
  readonly cores: number;
  /** Milliseconds of one request on one thread. */
  readonly service: number;
  /** The part of it that threads share. */
  readonly parallel: number;
  /** The part of it that a batch pays once. */
  readonly once: number;
}

/** Numbers from 0 to 1, the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What a configuration really does there: Amdahl's law, processors that are shared, batches that fill or wait, and queues. */
export function truthOf(
  { cores, service, parallel, once }: Surface,
  { workers, threads, batchSize, maxBatchDelay, connections }: Configuration,
): Pick<Reading, 'throughput' | 'latency'> {
  const batch = Math.min(batchSize, Math.max(1, Math.floor(connections / workers)));
  const waits = batchSize > 1 && batch < batchSize ? maxBatchDelay : 0;
  const busy = Math.min(workers, Math.ceil(connections / batch));
  const crowd = Math.max(1, (busy * threads) / cores);
  const work = service * (once + (1 - once) * batch);
  const time = work * (1 - parallel + (parallel / threads) * crowd) * (crowd > 1 ? 1.05 : 1) + waits;
  const throughput = (1000 * busy * batch) / time;
  return { throughput, latency: (1000 * connections) / throughput };
}

/** Measures a surface, with noise that grows as the measurement shrinks: `noise` is the deviation of a second of load. */
export function measureOf(surface: Surface, noise: number, random: () => number): Measure {
  const factor = (seconds: number): number =>
    1 + ((random() + random() + random() - 1.5) * 2 * noise) / Math.sqrt(seconds);
  return async (configuration, seconds) => {
    const { throughput, latency } = truthOf(surface, configuration);
    return { throughput: throughput * factor(seconds), latency: latency * factor(seconds), took: seconds + 1 };
  };
}
