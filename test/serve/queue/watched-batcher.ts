import { Batcher, type BatchOptions } from '#serve/queue/batcher.js';
import type { FakeWorker } from '../../support/fake-worker.js';
import { type WatchedJob, watchedJob } from '../../support/jobs.js';

/** What a consumer does with news that nobody asks about. */
export const quiet = (): void => {};

/** A batcher of single jobs that holds ten. */
export function batcher(over: Partial<BatchOptions> = {}): Batcher {
  const hopeless = () => undefined;
  return new Batcher({
    batchSize: 1,
    maxBatchDelayMs: 100,
    queueCapacity: 10,
    responseTimeoutMs: 7000,
    hopeless,
    ...over,
  });
}

/** Hands over jobs of these names; says which were taken. */
export function accept(queue: Batcher, names: string): { jobs: Record<string, WatchedJob>; taken: string } {
  const jobs: Record<string, WatchedJob> = {};
  let taken = '';
  for (const name of names) {
    const watched = watchedJob(name);
    jobs[name] = watched;
    if (queue.accept(watched.job)) taken += name;
  }
  return { jobs, taken };
}

/** The batches that a worker was handed, by the names of their jobs. */
export const handed = (worker: FakeWorker): string[] => worker.handed.map((ids) => ids.join(''));
