import type { MarError } from '#errors/mar-error.js';
import type { SentJob, WorkerResponse } from '#protocol/messages.js';

interface Pending {
  /** Undefined for a load. */
  readonly jobs: readonly SentJob[] | undefined;
  readonly timeoutMs: number | undefined;
  readonly resolve: (response: WorkerResponse) => void;
  readonly reject: (error: MarError) => void;
}

/**
 * What a worker owes, in order. The clock of a batch runs from the moment it is first in line, so that a batch which waits
 * behind another does not pay for it.
 */
export class PendingBatches {
  readonly #queue: Pending[] = [];
  readonly #onTimeout: (timeoutMs: number) => void;
  #timer: NodeJS.Timeout | undefined;
  #timerMs = 0;

  constructor(onTimeout: (timeoutMs: number) => void) {
    this.#onTimeout = onTimeout;
  }

  get size(): number {
    return this.#queue.length;
  }

  /** Ids of the requests that the worker runs now. */
  get running(): readonly string[] {
    return this.#queue[0]?.jobs?.map(({ id }) => id) ?? [];
  }

  add(jobs: readonly SentJob[] | undefined, timeoutMs: number | undefined): Promise<WorkerResponse> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ jobs, timeoutMs, resolve, reject });
      if (this.#queue.length === 1) this.#arm();
    });
  }

  /** Settles the first batch; false when nothing was owed or the answer does not fit it. */
  answer(response: WorkerResponse): boolean {
    const first = this.#queue[0];
    if (first === undefined) return false;
    if (response.code === 200 && first.jobs && response.predictions.length !== first.jobs.length) return false;
    this.#queue.shift();
    this.#arm();
    first.resolve(response);
    return true;
  }

  /** Rejects everything that is owed: the first in line with `error`, those that waited behind it with `unstarted`. */
  fail(error: MarError, unstarted: MarError): void {
    const failed = this.#queue.splice(0);
    this.#arm();
    for (const [index, { reject }] of failed.entries()) reject(index === 0 ? error : unstarted);
  }

  #arm(): void {
    const timeoutMs = this.#queue[0]?.timeoutMs;
    if (timeoutMs !== undefined && this.#timer && this.#timerMs === timeoutMs) {
      this.#timer.refresh();
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (timeoutMs === undefined) return;
    this.#timerMs = timeoutMs;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#onTimeout(timeoutMs);
    }, timeoutMs);
  }
}
