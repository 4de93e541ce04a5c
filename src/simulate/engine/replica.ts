import { WaitingLine } from './waiting-line.js';

/** How one replica serves the model: as the queue of our runner does (src/serve/queue). */
export interface ReplicaShape {
  readonly workers: number;
  /** Requests of a batch at most. */
  readonly batchSize: number;
  /** Milliseconds that the oldest request waits for company. */
  readonly maxBatchDelay: number;
  /** Requests that wait for a worker at most; may be infinite. */
  readonly queueSize: number;
  /** Batches that a worker may have under way, the running one included. */
  readonly prefetch: number;
}

/** Hears what a replica does. */
export interface ReplicaWatch {
  /** A batch of so many requests begins to run. */
  runs(replica: Replica, worker: number, batch: number): void;
  /** It collects a batch, which is to go at this time. */
  collects(replica: Replica, until: number): void;
  /** A request leaves the queue for a worker. Only for who wants to see the order. */
  taken?: ((replica: Replica, arrivedAt: number) => void) | undefined;
}

/** As in the queue of our runner: milliseconds that a request may wait for a busy worker, and the weight of the latest batch in the pace. */
const LONGEST_WAIT = 20;
const WEIGHT = 1 / 8;
/** Times are sums of floating-point numbers: what is due in less is due. */
const NOW = 1e-6;

/** One server: its queue, the batch that it collects, its workers. Times are milliseconds since the beginning. */
export class Replica {
  /** Requests accepted and not answered. */
  inFlight = 0;
  /** Takes no more requests, and goes when it has none. */
  leaving = false;
  /** When the batch that it collects is to go; infinite where it collects none. */
  dueAt = Number.POSITIVE_INFINITY;
  readonly index: number;
  readonly #shape: ReplicaShape;
  readonly #watch: ReplicaWatch;
  readonly #line = new WaitingLine();
  /** How many at the head of the line belong to the batch that is collected. */
  #open = 0;
  #prefetched = 0;
  #pace = Number.POSITIVE_INFINITY;
  /** Per worker: batches under way, when the first began, the sizes of all, and the arrivals of their requests. */
  readonly #underWay: Int32Array;
  readonly #since: Float64Array;
  readonly #sizes: Int32Array;
  readonly #arrivals: WaitingLine[];

  constructor(index: number, shape: ReplicaShape, watch: ReplicaWatch) {
    this.index = index;
    this.#shape = shape;
    this.#watch = watch;
    this.#underWay = new Int32Array(shape.workers);
    this.#since = new Float64Array(shape.workers);
    this.#sizes = new Int32Array(shape.workers * shape.prefetch);
    this.#arrivals = Array.from({ length: shape.workers }, () => new WaitingLine());
  }

  /** Takes a request on; false when the queue is full. */
  accept(now: number): boolean {
    const { batchSize, queueSize } = this.#shape;
    const worker = this.#free(now);
    const idle = worker >= 0 && this.#underWay[worker] === 0;
    const room = queueSize - this.#prefetched - (idle ? 0 : this.#open);
    const collecting = worker >= 0 && this.#open < batchSize && (idle || room > 0);
    const queued = this.#line.length - this.#open;
    if (collecting && queued === 0) this.#open += 1;
    else if (queued >= room) return false;
    this.#line.push(now);
    this.inFlight += 1;
    this.pump(now);
    return true;
  }

  /** Hands out what can go: full batches, and those that waited long enough. */
  pump(now: number): void {
    const { batchSize, maxBatchDelay } = this.#shape;
    for (let worker = this.#free(now); worker >= 0; worker = this.#free(now)) {
      this.#open = Math.min(batchSize, this.#line.length);
      if (this.#open === 0) return;
      const due = this.#line.first + maxBatchDelay - now;
      if (this.#open < batchSize && due > NOW) {
        if (this.dueAt !== Number.POSITIVE_INFINITY) return;
        this.dueAt = now + Math.ceil(due - NOW);
        this.#watch.collects(this, this.dueAt);
        return;
      }
      this.dueAt = Number.POSITIVE_INFINITY;
      this.#send(worker, this.#open, now);
      this.#open = 0;
    }
  }

  /** The running batch of a worker is over; tells each arrival in it, then takes further ones. */
  finish(worker: number, now: number, answered: (arrivedAt: number) => void): void {
    const { prefetch } = this.#shape;
    const took = now - (this.#since[worker] ?? 0);
    this.#pace = Number.isFinite(this.#pace) ? this.#pace + (took - this.#pace) * WEIGHT : took;
    const first = worker * prefetch;
    const batch = this.#sizes[first] ?? 0;
    const left = (this.#underWay[worker] ?? 0) - 1;
    this.#underWay[worker] = left;
    this.#sizes.copyWithin(first, first + 1, first + 1 + left);
    const arrivals = this.#arrivals[worker];
    this.inFlight -= batch;
    for (let index = 0; index < batch && arrivals; index += 1) answered(arrivals.shift());
    if (left > 0) {
      const next = this.#sizes[first] ?? 0;
      this.#prefetched -= next;
      this.#run(worker, next, now);
    }
    if (this.#line.length > 0) this.pump(now);
  }

  /** How long the running batches of all workers have run since `from`, together. */
  runningSince(from: number, now: number): number {
    let sum = 0;
    for (let worker = 0; worker < this.#underWay.length; worker += 1) {
      if ((this.#underWay[worker] ?? 0) > 0) sum += now - Math.max(from, this.#since[worker] ?? 0);
    }
    return sum;
  }

  /** When the running batch of a worker began. */
  since(worker: number): number {
    return this.#since[worker] ?? 0;
  }

  #send(worker: number, batch: number, now: number): void {
    const before = this.#underWay[worker] ?? 0;
    this.#sizes[worker * this.#shape.prefetch + before] = batch;
    this.#underWay[worker] = before + 1;
    const arrivals = this.#arrivals[worker];
    for (let index = 0; index < batch; index += 1) {
      const arrivedAt = this.#line.shift();
      arrivals?.push(arrivedAt);
      this.#watch.taken?.(this, arrivedAt);
    }
    if (before === 0) this.#run(worker, batch, now);
    else this.#prefetched += batch;
  }

  #run(worker: number, batch: number, now: number): void {
    this.#since[worker] = now;
    this.#watch.runs(this, worker, batch);
  }

  /** The worker with the fewest batches under way that can take one more; -1 of none. */
  #free(now: number): number {
    let best = -1;
    let fewest = Number.POSITIVE_INFINITY;
    for (let worker = 0; worker < this.#underWay.length; worker += 1) {
      const batches = this.#underWay[worker] ?? 0;
      if (batches >= fewest || batches >= this.#room(worker, batches, now)) continue;
      if (batches === 0) return worker;
      best = worker;
      fewest = batches;
    }
    return best;
  }

  #room(worker: number, batches: number, now: number): number {
    const { prefetch } = this.#shape;
    if (batches === 0 || this.#underWay.length === 1) return prefetch;
    if (now - (this.#since[worker] ?? 0) > LONGEST_WAIT) return 1;
    return Math.min(prefetch, 1 + Math.floor(LONGEST_WAIT / this.#pace));
  }
}
