import type { RunInput, RunOutput } from './engine/run.js';
import { simulateRun } from './engine/run.js';
import { type Estimate, estimate, quantileOf } from './estimate.js';
import { Random } from './random.js';
import type { Expected } from './result.js';

/** A configuration with the effort that is spent on it: everything of a run but what differs between runs. */
export interface Effort extends Omit<RunInput, 'requests' | 'warmUp' | 'stream'> {
  /** Of all runs together. */
  readonly requests: number;
  readonly runs: number;
  /** Requests per second that one replica can answer at most. */
  readonly capacity: number;
  readonly signal?: AbortSignal | undefined;
}

/** The share of each run that warms up; at most, where a rule has to settle. */
const WARM_UP = 0.1;
const LONGEST_WARM_UP = 0.5;

/** Requests of a run that come until a rule for replicas has settled: two looks, a start, and the time in which nothing goes. */
export function settling({ rate, scaling }: Pick<RunInput, 'rate' | 'scaling'>): number {
  if (!scaling) return 0;
  return Math.ceil((rate * (2 * scaling.every + scaling.startUp + scaling.downAfter)) / 1000);
}

/** Requests per second that a replica answers when its workers are always busy, with the batches that suit it best. */
export function capacityOf({ service, shape }: Pick<RunInput, 'service' | 'shape'>): number {
  let best = 0;
  for (let batch = 1; batch <= shape.batchSize; batch += 1) best = Math.max(best, batch / service.mean(batch));
  return best * shape.workers * 1000;
}

/** What is kept of a run: mean, p50, p90 and p99 of its latencies, and what happened. */
interface Figures extends Omit<RunOutput, 'latencies'> {
  readonly latency: readonly number[];
}

function figuresOf({ latencies, window, counts }: RunOutput): Figures {
  const mean = latencies.reduce((sum, one) => sum + one, 0) / latencies.length;
  latencies.sort();
  return { latency: [mean, ...[0.5, 0.9, 0.99].map((share) => quantileOf(latencies, share))], window, counts };
}

/**
 * Simulates independent runs, each of which begins empty; with measured times each of them twice, with the times as they might have been
 * measured as well. Throws the signal's reason when that is aborted; runs are not interrupted.
 */
export async function expect(effort: Effort): Promise<Expected> {
  const { requests, runs, signal, replicas, scaling, rate, capacity, shape } = effort;
  const each = Math.ceil(requests / runs);
  const warmUp = Math.floor(Math.min(LONGEST_WARM_UP * each, Math.max(WARM_UP * each, settling(effort))));
  const { service, seed } = effort;
  const seen: Figures[] = [];
  const again: Figures[] = [];
  for (let stream = 0; stream < runs; stream += 1) {
    const run = { ...effort, ...{ requests: each, warmUp, stream } };
    seen.push(figuresOf(simulateRun(run)));
    const other = service.resampled?.(new Random(seed, -2 - stream));
    if (other) again.push(figuresOf(simulateRun({ ...run, service: other })));
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
  const of = (pick: (figures: Figures) => number): Estimate =>
    estimate(seen.map(pick), again.length > 0 ? again.map(pick) : undefined);
  const latency = (place: number): Estimate => of((run) => run.latency[place] ?? Number.NaN);
  const inside = (pick: (window: RunOutput['window']) => number): Estimate => of(({ window }) => pick(window));
  const load = rate / (capacity * (scaling?.most ?? replicas));
  const endless = load >= 1 && shape.queueSize === Number.POSITIVE_INFINITY;
  return {
    latency: endless ? null : { mean: latency(0), p50: latency(1), p90: latency(2), p99: latency(3) },
    throughput: inside(({ answered, time }) => (1000 * answered) / time),
    utilisation: inside(({ busy, served }) => busy / (served * shape.workers)),
    refused: inside(({ refused, arrivals }) => refused / arrivals),
    replicas: inside(({ paid, time }) => paid / time),
    batch: inside(({ batched, batches }) => batched / Math.max(1, batches)),
    counts: seen.reduce(
      (sum, { counts }) => ({
        arrivals: sum.arrivals + counts.arrivals,
        answered: sum.answered + counts.answered,
        refused: sum.refused + counts.refused,
        waiting: sum.waiting + counts.waiting,
      }),
      { arrivals: 0, answered: 0, refused: 0, waiting: 0 },
    ),
    load,
  };
}
