import type { Worker } from '#hosting/worker.js';
import { busyPoll } from './busy-poll.js';
import type { OnFailure } from './settle-batch.js';

/** A worker and what it has under way. */
export interface Seat {
  readonly worker: Worker;
  readonly onFailure: OnFailure;
  /** Jobs of each batch under way, the running one first. */
  readonly batches: number[];
  /** When the running batch began, in milliseconds of `performance.now()`. */
  since: number;
  onIdle?: () => void;
}

/** How long a job may have to wait for a worker while another one could take it, in milliseconds. */
const LONGEST_WAIT_MS = 20;
/** The share of the latest batch in the average. */
const WEIGHT = 1 / 8;

/**
 * The workers of a model. A busy one is handed further batches, which it prepares while it runs the first. What it has been handed
 * no other worker can take: where there are several, that is done only while batches are short, and never behind a long one.
 */
export class Seats {
  readonly #seats = new Set<Seat>();
  /** What a batch takes, a moving average in milliseconds; unknown at first. */
  #pace = Number.POSITIVE_INFINITY;

  get size(): number {
    return this.#seats.size;
  }

  add(worker: Worker, onFailure: OnFailure): Seat {
    const seat: Seat = { worker, onFailure, batches: [], since: 0 };
    this.#seats.add(seat);
    return seat;
  }

  delete(seat: Seat): void {
    this.#seats.delete(seat);
  }

  /** The worker with the fewest batches under way that can take one more. */
  free(): Seat | undefined {
    let best: Seat | undefined;
    for (const seat of this.#seats) {
      if (best && best.batches.length <= seat.batches.length) continue;
      if (seat.worker.alive && seat.batches.length < this.#room(seat)) best = seat;
    }
    return best;
  }

  /** Jobs that a busy worker prepares already: they count as waiting. */
  get prefetched(): number {
    let jobs = 0;
    for (const { batches } of this.#seats) {
      for (let index = 1; index < batches.length; index += 1) jobs += batches[index] ?? 0;
    }
    return jobs;
  }

  /** A batch of so many jobs goes to the worker. */
  begin(seat: Seat, jobs: number): void {
    const now = performance.now();
    busyPoll.began(now);
    if (seat.batches.push(jobs) === 1) seat.since = now;
  }

  /** The running batch of the worker is over; the next one runs. */
  end(seat: Seat): void {
    const now = performance.now();
    busyPoll.ended(now);
    const took = now - seat.since;
    this.#pace = Number.isFinite(this.#pace) ? this.#pace + (took - this.#pace) * WEIGHT : took;
    seat.since = now;
    seat.batches.shift();
    if (seat.batches.length === 0) seat.onIdle?.();
  }

  /** Batches that the worker may have under way. */
  #room({ worker: { depth }, batches, since }: Seat): number {
    if (this.#seats.size === 1 || batches.length === 0) return depth;
    if (performance.now() - since > LONGEST_WAIT_MS) return 1;
    return Math.min(depth, 1 + Math.floor(LONGEST_WAIT_MS / this.#pace));
  }
}
