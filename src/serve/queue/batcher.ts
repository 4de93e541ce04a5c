import { MarError } from '#errors/mar-error.js';
import type { Worker } from '#hosting/worker.js';
import { type BatchWatch, type Consumer, Consumers } from './consumers.js';
import type { Job, JobFailure } from './job.js';
import { JobQueue } from './job-queue.js';
import { deathOf, failAll, type OnFailure, settle } from './settle-batch.js';

export interface BatchOptions {
  /** Jobs in one batch at most; anything below 1 works as 1. */
  readonly batchSize: number;
  /** How long the oldest job waits for company, in milliseconds. */
  readonly maxBatchDelayMs: number;
  /** Jobs that wait for a free worker at most. */
  readonly queueCapacity: number;
  /** How long a worker may take for one batch, in milliseconds. */
  readonly responseTimeoutMs: number;
  /** What waiting jobs hear when no worker is left or coming; undefined while there is one. */
  readonly hopeless: () => JobFailure | undefined;
  readonly watch?: BatchWatch | undefined;
}

/** That a worker takes jobs, until it leaves. */
export interface Membership {
  /** It pulls no more; batches under way go on. */
  leave(): void;
  /** Resolves when it has no batch under way, or after `limitMs`. */
  idle(limitMs: number): Promise<void>;
  /** Whether it has answered a batch. */
  served(): boolean;
}

/**
 * One queue per model, shared by its workers: a job goes to a free worker at once, or waits until one pulls.
 * With a batch size above 1 a free worker collects jobs until the batch is full or its oldest job has waited long enough.
 */
export class Batcher {
  readonly #options: BatchOptions;
  readonly #queue = new JobQueue();
  readonly #consumers: Consumers;
  /** The batch that a free worker collects; the queue is empty while it has room. */
  #open: Job[] = [];
  #timer: NodeJS.Timeout | undefined;
  #underWay = 0;
  #onEmpty: (() => void)[] = [];
  readonly #waits = new Set<() => void>();
  #flushing = false;
  #hurried = false;

  constructor(options: BatchOptions) {
    this.#options = options;
    this.#consumers = new Consumers(options.watch);
  }

  /** Workers that take jobs now. */
  get workers(): number {
    return this.#consumers.size;
  }

  /** Jobs accepted and not yet handed to a worker. */
  get waiting(): number {
    return this.#queue.length + this.#open.length;
  }

  /** Takes a job on; false when the queue is full. */
  accept(job: Job): boolean {
    const consumer = this.#consumers.free();
    const idle = consumer?.batches.length === 0;
    const room = this.#options.queueCapacity - this.#consumers.prefetched - (idle ? 0 : this.#open.length);
    const collecting = consumer !== undefined && this.#open.length < this.#size && (idle || room > 0);
    if (collecting && this.#size === 1 && this.waiting === 0) {
      this.#send(consumer, [job]);
      return true;
    }
    if (collecting && this.#queue.length === 0) this.#open.push(job);
    else if (!this.#queue.offer(job, room)) return false;
    this.#pump();
    return true;
  }

  /** A loaded worker starts to pull; `onFailure` hears what its answers fail with, its death excepted. */
  join(worker: Worker, onFailure: OnFailure): Membership {
    const consumer = this.#consumers.add(worker, onFailure);
    this.#flushing = false;
    this.#pump();
    const leave = (): void => {
      this.#consumers.delete(consumer);
      this.#settleEmpty();
    };
    return {
      leave,
      served: () => consumer.served,
      idle: (limitMs) =>
        consumer.batches.length === 0
          ? Promise.resolve()
          : this.#until(limitMs, (resolve) => (consumer.onIdle = resolve)),
    };
  }

  /** Fails every job that no worker has yet, if none will come. */
  rejectHopeless(): void {
    const failure = this.#options.hopeless();
    if (!failure) return;
    const jobs = [...this.#open, ...this.#queue.drain()];
    this.#open = [];
    this.#disarm();
    for (const job of jobs) job.fail(failure);
    this.#settleEmpty();
  }

  /** Resolves when nothing waits and nothing is under way, or after `limitMs`. No batch waits for company any more. */
  async empty(limitMs: number): Promise<void> {
    this.#flushing = true;
    this.#pump();
    if (!this.#isEmpty()) await this.#until(limitMs, (resolve) => this.#onEmpty.push(resolve));
  }

  /** Ends every wait for batches under way, those that begin later, too. */
  hurry(): void {
    this.#hurried = true;
    for (const resolve of this.#waits) resolve();
  }

  #until(limitMs: number, subscribe: (resolve: () => void) => void): Promise<void> {
    if (this.#hurried) return Promise.resolve();
    return new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waits.delete(end);
        resolve();
      };
      const timer = setTimeout(end, limitMs);
      this.#waits.add(end);
      subscribe(end);
    });
  }

  /** Jobs in a full batch. */
  get #size(): number {
    return Math.max(1, this.#options.batchSize);
  }

  #fill(): void {
    while (this.#open.length < this.#size) {
      const job = this.#queue.take();
      if (!job) return;
      this.#open.push(job);
    }
  }

  #pump(): void {
    for (let consumer = this.#consumers.free(); consumer; consumer = this.#consumers.free()) {
      this.#open = this.#open.filter((job) => !job.settled);
      this.#fill();
      const [oldest] = this.#open;
      if (!oldest) break;
      const due = oldest.acceptedAt + this.#options.maxBatchDelayMs - performance.now();
      if (this.#open.length < this.#size && due > 0 && !this.#flushing) {
        this.#arm(due);
        return;
      }
      this.#disarm();
      const jobs = this.#open;
      this.#open = [];
      this.#send(consumer, jobs);
    }
    this.#settleEmpty();
  }

  #arm(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#pump();
    }, Math.ceil(delayMs));
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #send(consumer: Consumer, jobs: readonly Job[]): void {
    this.#consumers.begin(consumer, jobs.length);
    this.#underWay += 1;
    consumer.worker.predict(jobs, { timeoutMs: this.#options.responseTimeoutMs }).then(
      (response) => {
        consumer.served = true;
        const began = consumer.since + (response.waitedMs ?? 0);
        const run = { began, ended: performance.now(), batch: jobs.length };
        for (const job of jobs) job.run = run;
        this.#done(consumer, () => settle(jobs, response, consumer.onFailure));
      },
      (error: unknown) => {
        const unstarted = error instanceof MarError && error.code === 'ERR_WORKER_UNSTARTED';
        // The batch that is being collected is younger.
        if (unstarted) this.#queue.putBack([...jobs, ...this.#open.splice(0)]);
        this.#done(consumer, () => (unstarted ? this.rejectHopeless() : failAll(jobs, deathOf(error))));
      },
    );
  }

  /** The worker is free before the answers leave, so that the next batch overlaps with writing them. */
  #done(consumer: Consumer, settleJobs: () => void): void {
    this.#consumers.end(consumer);
    this.#underWay -= 1;
    if (this.waiting > 0) this.#pump();
    settleJobs();
    this.#settleEmpty();
  }

  #isEmpty(): boolean {
    return this.#underWay === 0 && (this.waiting === 0 || this.#consumers.size === 0);
  }

  #settleEmpty(): void {
    if (this.#onEmpty.length === 0 || !this.#isEmpty()) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }
}
