import type { MarError } from '#errors/mar-error.js';
import type { Worker, WorkerIdentity } from '#hosting/worker.js';
import type { Log } from '../log.js';
import { Batcher, type BatchOptions } from '../queue/batcher.js';
import type { Job, JobFailure } from '../queue/job.js';
import { WorkerSlot } from './worker-slot.js';

export interface PoolOptions extends Omit<BatchOptions, 'hopeless'> {
  readonly modelName: string;
  readonly start: (signal: AbortSignal, identity: WorkerIdentity) => Promise<Worker>;
  /** Names a new slot, unique in the server. */
  readonly nextSlotId: () => string;
  /** The GPU of a new slot; -1 = none. */
  readonly nextGpu: () => number;
  /** How long batches under way may take when workers are let go, in milliseconds. */
  readonly drainMs: number;
  readonly log: Log;
}

/** Why a job was not taken: there is no worker at all, or the queue is full. */
export type Refusal = 'no-worker' | 'queue-full';

/** The workers of one model. All changes of their number are decided synchronously; only their effects take time. */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #batcher: Batcher;
  #slots: WorkerSlot[] = [];
  #lastFailure: MarError | undefined;
  #closed = false;
  #toldFull = Number.NEGATIVE_INFINITY;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#batcher = new Batcher({ ...options, hopeless: () => this.#hopeless() });
  }

  get slots(): readonly WorkerSlot[] {
    return this.#slots;
  }

  /** Workers that run or are on their way for the first time. */
  get working(): number {
    return this.#slots.filter(({ state }) => state === 'starting' || state === 'ready').length;
  }

  /** Why the latest load failed, while nothing has loaded since. */
  get lastFailure(): MarError | undefined {
    return this.#lastFailure;
  }

  submit(job: Job): Refusal | undefined {
    if (this.#hopeless()) return 'no-worker';
    if (this.#batcher.accept(job)) return undefined;
    this.#reportFull();
    return 'queue-full';
  }

  /** Once a second at most: a crowd is refused one by one. */
  #reportFull(): void {
    const now = performance.now();
    if (now < this.#toldFull + 1000) return;
    this.#toldFull = now;
    const { modelName: model, queueCapacity, log } = this.#options;
    log({
      level: 'error',
      event: 'queue-full',
      message: `Model ${model} answers 503: ${queueCapacity} requests wait for its workers already`,
      model,
      status: 503,
      hint: 'Start more workers, or raise job_queue_size.',
    });
  }

  /**
   * Brings the number of workers between `min` and `max`. Resolves when the new ones have loaded and the surplus is gone;
   * rejects with the first failure of a new one. With a `min` of 0 all go, whatever `max` is, as in Multi Model Server.
   */
  async resize(min: number, max: number): Promise<void> {
    const surplus = this.#slots.splice(min <= 0 ? 0 : max);
    const fresh: WorkerSlot[] = [];
    while (this.#slots.length < min) {
      const slot = this.#newSlot();
      this.#slots.push(slot);
      fresh.push(slot);
    }
    const retired = this.#retire(surplus);
    await Promise.all(fresh.map((slot) => slot.firstLoad));
    await retired;
  }

  /** Lets go of every worker that is not serving now, and forgets it. */
  async dropFailed(): Promise<void> {
    const failed = this.#slots.filter(({ state }) => state === 'failed');
    this.#slots = this.#slots.filter(({ state }) => state !== 'failed');
    await Promise.all(failed.map((slot) => slot.stop(0)));
  }

  /** Finishes accepted jobs as far as `drainMs` (default: the pool's) allows, then ends every worker. */
  async close(drainMs = this.#options.drainMs): Promise<void> {
    this.#closed = true;
    await this.#retire(this.#slots.splice(0), drainMs);
  }

  /** Waits no longer for batches under way. */
  hurry(): void {
    this.#batcher.hurry();
  }

  async #retire(slots: readonly WorkerSlot[], drainMs = this.#options.drainMs): Promise<void> {
    if (slots.length === 0) return;
    const deadline = performance.now() + drainMs;
    if (this.#slots.length === 0) await this.#batcher.empty(drainMs);
    await Promise.all(slots.map((slot) => slot.stop(Math.max(0, deadline - performance.now()))));
    this.#batcher.rejectHopeless();
  }

  /** Every worker failed its latest load, or there is none. */
  #hopeless(): JobFailure | undefined {
    if (this.#slots.some(({ state }) => state !== 'failed')) return undefined;
    const { modelName } = this.#options;
    if (this.#closed) return { status: 503, message: `Model ${modelName} was unregistered.` };
    return unservable(modelName, this.#lastFailure);
  }

  #newSlot(): WorkerSlot {
    const { modelName, start, log } = this.#options;
    const gpuId = this.#options.nextGpu();
    return new WorkerSlot({
      id: this.#options.nextSlotId(),
      modelName,
      gpuId,
      start: (signal, id) => start(signal, { id, gpuId }),
      log,
      join: (worker, onFailure) => {
        this.#lastFailure = undefined;
        return this.#batcher.join(worker, onFailure);
      },
      onFailure: (error) => {
        this.#lastFailure = error;
        this.#batcher.rejectHopeless();
      },
    });
  }
}

/** What requests hear where no worker of the model can load, or, without a cause, where none is there or free. */
export function unservable(modelName: string, cause: MarError | undefined): JobFailure {
  const message = cause?.message ?? `Model ${modelName} has no worker that could take the request.`;
  const refused = { status: 503, code: 'ERR_NO_WORKER', subject: modelName, message } as const;
  return { ...refused, detail: cause?.detail, hint: cause?.advice };
}
