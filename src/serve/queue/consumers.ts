import type { Worker } from '#hosting/worker.js';
import type { OnFailure } from './settle-batch.js';

/** A worker as the queue sees it: who takes batches, and what it has under way. */
export interface Consumer {
  readonly worker: Worker;
  readonly onFailure: OnFailure;
  /** Jobs of each batch under way, the running one first. */
  readonly batches: number[];
  /** When the running batch began, in milliseconds of `performance.now()`. */
  since: number;
  /** Whether it has answered a batch. */
  served: boolean;
  onIdle?: () => void;
}

/** Hears when a batch goes to a worker and when it is over, in milliseconds of `performance.now()`. */
export interface BatchWatch {
  began(now: number): void;
  ended(now: number): void;
}

/** How long a job may have to wait for a worker while another one could take it, in milliseconds. */
const LONGEST_WAIT_MS = 20;
/** The share of the latest batch in the average. */
const WEIGHT = 1 / 8;

/**
 * The workers of a model. A busy one is handed further batches, which it prepares while it runs the first. What it has been handed
 * no other worker can take: where there are several, that is done only while batches are short, and never behind a long one.
 */
export class Consumers {
  readonly #consumers = new Set<Consumer>();
  readonly #watch: BatchWatch | undefined;
  /** What a batch takes, a moving average in milliseconds; unknown at first. */
  #pace = Number.POSITIVE_INFINITY;

  constructor(watch?: BatchWatch) {
    this.#watch = watch;
  }

  get size(): number {
    return this.#consumers.size;
  }

  add(worker: Worker, onFailure: OnFailure): Consumer {
    const consumer: Consumer = { worker, onFailure, batches: [], since: 0, served: false };
    this.#consumers.add(consumer);
    return consumer;
  }

  delete(consumer: Consumer): void {
    this.#consumers.delete(consumer);
  }

  /** The worker with the fewest batches under way that can take one more. */
  free(): Consumer | undefined {
    let best: Consumer | undefined;
    for (const consumer of this.#consumers) {
      if (best && best.batches.length <= consumer.batches.length) continue;
      if (consumer.worker.alive && consumer.batches.length < this.#room(consumer)) best = consumer;
    }
    return best;
  }

  /** Jobs that a busy worker prepares already: they count as waiting. */
  get prefetched(): number {
    let jobs = 0;
    for (const { batches } of this.#consumers) {
      for (let index = 1; index < batches.length; index += 1) jobs += batches[index] ?? 0;
    }
    return jobs;
  }

  /** A batch of so many jobs goes to the worker. */
  begin(consumer: Consumer, jobs: number): void {
    const now = performance.now();
    this.#watch?.began(now);
    if (consumer.batches.push(jobs) === 1) consumer.since = now;
  }

  /** The running batch of the worker is over; the next one runs. */
  end(consumer: Consumer): void {
    const now = performance.now();
    this.#watch?.ended(now);
    const took = now - consumer.since;
    this.#pace = Number.isFinite(this.#pace) ? this.#pace + (took - this.#pace) * WEIGHT : took;
    consumer.since = now;
    consumer.batches.shift();
    if (consumer.batches.length === 0) consumer.onIdle?.();
  }

  /** Batches that the worker may have under way. */
  #room({ worker: { depth }, batches, since }: Consumer): number {
    if (this.#consumers.size === 1 || batches.length === 0) return depth;
    if (performance.now() - since > LONGEST_WAIT_MS) return 1;
    return Math.min(depth, 1 + Math.floor(LONGEST_WAIT_MS / this.#pace));
  }
}
