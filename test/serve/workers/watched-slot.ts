import { MarError } from '#errors/mar-error.js';
import { workerDied } from '#hosting/worker-failure.js';
import type { LogEvent } from '#serve/log.js';
import { WorkerSlot } from '#serve/workers/worker-slot.js';
import { settled } from '../../support/fake-clock.js';
import { EXIT, FakeWorker } from '../../support/fake-worker.js';

/** Why a worker did not load. */
export const NO_LOAD = new MarError('no load', { code: 'ERR_WORKER_LOAD' });
/** That somebody killed it, which is no fault of the model. */
export const KILLED = workerDied('m', { ...EXIT, signal: 'SIGKILL', reason: 'was killed by SIGKILL' });

/** A start that a test settles. */
interface Start {
  readonly id: string;
  readonly signal: AbortSignal;
  /** Loads; returns the worker. */
  load(): Promise<FakeWorker>;
  fail(error?: unknown): Promise<void>;
}

/** A slot whose starts, joins and failures are seen. */
export function watchedSlot() {
  const starts: Start[] = [];
  const joined: FakeWorker[] = [];
  const left: FakeWorker[] = [];
  const failures: string[] = [];
  const log: LogEvent[] = [];
  /** How long it may take until a worker that has left is idle: settled by a test, or at once. */
  const idle = { limits: [] as number[], wait: Promise.resolve() };
  const slot = new WorkerSlot({
    id: '9000',
    modelName: 'm',
    gpuId: 2,
    start: (signal, id) =>
      new Promise((resolve, reject) => {
        const abort = (): void => reject(signal.reason);
        signal.addEventListener('abort', abort);
        const load = async () => {
          const worker = new FakeWorker();
          resolve(worker);
          signal.removeEventListener('abort', abort);
          await settled();
          return worker;
        };
        const fail = async (error: unknown = NO_LOAD) => {
          reject(error);
          signal.removeEventListener('abort', abort);
          await settled();
        };
        starts.push({ id, signal, load, fail });
      }),
    join: (worker) => {
      if (!(worker instanceof FakeWorker)) throw new TypeError('another worker');
      joined.push(worker);
      return {
        leave: () => left.push(worker),
        served: () => worker.handed.length > 0,
        idle: (limitMs) => {
          idle.limits.push(limitMs);
          return idle.wait;
        },
      };
    },
    onFailure: (error) => failures.push(error.message),
    log: (event) => log.push(event),
  });
  const events = () => log.map(({ event }) => event);
  const last = (): Start => {
    const start = starts.at(-1);
    if (!start) throw new Error('nothing was started');
    return start;
  };
  return { slot, starts, joined, left, failures, log, idle, events, last };
}

/** The state of a promise now. */
export async function fate(promise: Promise<unknown>): Promise<string> {
  let told = 'pending';
  promise.then(
    () => (told = 'resolved'),
    (error: unknown) => (told = `rejected ${error instanceof Error ? error.message : error}`),
  );
  await settled();
  return told;
}
