import type { MarError } from '#errors/mar-error.js';
import type { Worker, WorkerExit } from '#hosting/worker.js';
import { workerDied } from '#hosting/worker-failure.js';
import type { RunningSessions } from '#protocol/load-report.js';
import type { Prediction, PredictJob, WorkerResponse } from '#protocol/messages.js';

/** A batch that a fake worker was handed and has not answered. */
interface Owed {
  readonly jobs: readonly PredictJob[];
  readonly resolve: (response: WorkerResponse) => void;
  readonly reject: (error: MarError) => void;
}

/** A worker without a process: tests say when it answers and when it dies. */
export class FakeWorker implements Worker {
  readonly pid = 1;
  readonly sessions: RunningSessions | undefined = undefined;
  readonly depth: number;
  alive = true;
  /** Each batch that it was handed, oldest first, by the ids of its jobs. */
  readonly handed: string[][] = [];
  readonly timeouts: (number | undefined)[] = [];
  /** How often it was asked to stop. */
  stops: (number | undefined)[] = [];
  readonly owed: Owed[] = [];
  readonly exited: Promise<WorkerExit>;
  #exit: (exit: WorkerExit) => void = () => {};

  constructor(depth = 1) {
    this.depth = depth;
    this.exited = new Promise((resolve) => {
      this.#exit = resolve;
    });
  }

  predict(jobs: readonly PredictJob[], { timeoutMs }: { timeoutMs?: number } = {}): Promise<WorkerResponse> {
    this.handed.push(jobs.map(({ id }) => id));
    this.timeouts.push(timeoutMs);
    return new Promise((resolve, reject) => this.owed.push({ jobs, resolve, reject }));
  }

  /** Answers the oldest batch, each request with its own id as the body; `change` says otherwise. */
  answer(change: (response: WorkerResponse) => WorkerResponse = (response) => response): void {
    const owed = this.owed.shift();
    if (!owed) throw new Error('nothing is owed');
    owed.resolve(
      change({ code: 200, message: 'Prediction success', predictions: owed.jobs.map(({ id }) => answerOf(id)) }),
    );
  }

  /** Ends by itself: the running batch is lost, those behind it were never begun. */
  die(over: Partial<WorkerExit> = {}): void {
    this.alive = false;
    const requests = this.owed[0]?.jobs.map(({ id }) => id) ?? [];
    const exit = { ...EXIT, requests, ...over };
    for (const [index, { reject }] of this.owed.splice(0).entries()) {
      reject(workerDied('m', exit, index === 0 ? 'ERR_WORKER_DIED' : 'ERR_WORKER_UNSTARTED'));
    }
    this.#exit(exit);
  }

  async stop({ graceMs }: { graceMs?: number } = {}): Promise<void> {
    this.stops.push(graceMs);
    this.die({ expected: true, code: 0, reason: 'was stopped' });
  }

  async memory(): Promise<number> {
    return 1;
  }
}

/** How a worker ends that exits with code 3. */
export const EXIT: WorkerExit = {
  code: 3,
  signal: null,
  expected: false,
  reason: 'exited with code 3',
  hint: undefined,
  stderr: [],
  untold: [],
  requests: [],
};

/** A good answer to the request of this id: its body is the id. */
export function answerOf(id: string, over: Partial<Prediction> = {}): Prediction {
  return { id, contentType: 'text/plain', status: 200, phrase: 'OK', headers: [], body: Buffer.from(id), ...over };
}
