import type { WorkerIdentity } from '#hosting/worker.js';
import type { LogEvent } from '#serve/log.js';
import { type PoolOptions, WorkerPool } from '#serve/workers/worker-pool.js';
import { settled } from './fake-clock.js';
import { FakeWorker } from './fake-worker.js';

/** A start of a worker that a test settles. */
export interface FakeStart {
  readonly identity: WorkerIdentity;
  load(worker?: FakeWorker): Promise<FakeWorker>;
  fail(error: unknown): Promise<void>;
}

/** Starts of workers in the order in which they were asked for; each can be settled once, and ends when it is aborted. */
export class FakeStarts {
  readonly all: FakeStart[] = [];

  readonly start = (signal: AbortSignal, identity: WorkerIdentity): Promise<FakeWorker> =>
    new Promise((resolve, reject) => {
      const abort = (): void => reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      const done = async (settle: () => void): Promise<void> => {
        signal.removeEventListener('abort', abort);
        settle();
        await settled();
      };
      const load = async (worker = new FakeWorker()): Promise<FakeWorker> => {
        await done(() => resolve(worker));
        return worker;
      };
      this.all.push({ identity, load, fail: (error) => done(() => reject(error)) });
    });

  at(index: number): FakeStart {
    const start = this.all.at(index);
    if (!start) throw new Error(`only ${this.all.length} workers were started`);
    return start;
  }
}

/** A pool of fake workers, its starts and its log. */
export function fakePool(over: Partial<PoolOptions> = {}) {
  const starts = new FakeStarts();
  const log: LogEvent[] = [];
  let slots = 0;
  const pool = new WorkerPool({
    modelName: 'm',
    batchSize: 1,
    maxBatchDelayMs: 100,
    queueCapacity: 2,
    responseTimeoutMs: 1000,
    drainMs: 5000,
    start: starts.start,
    nextSlotId: () => String(9000 + slots++),
    nextGpu: () => -1,
    log: (event) => log.push(event),
    ...over,
  });
  return { pool, starts, log };
}

/** Watches a promise; the function it returns tells its state at that time: `pending`, `resolved`, or `rejected` with the message. */
export function watchFate(promise: Promise<unknown>): () => Promise<string> {
  let told = 'pending';
  promise.then(
    () => {
      told = 'resolved';
    },
    (error: unknown) => {
      told = `rejected ${error instanceof Error ? error.message : error}`;
    },
  );
  return async () => {
    await settled();
    return told;
  };
}
