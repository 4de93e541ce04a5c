import { Durations } from './durations.js';
import { serverTimingOf } from './server-timing.js';
import { Times } from './times.js';

/** What a stretch of the load gave, for a chart over time. */
export interface Slice {
  /** Seconds since the beginning of the window, at its start. */
  readonly at: number;
  /** Seconds that it lasted. */
  readonly seconds: number;
  readonly good: number;
  readonly errors: number;
  /** Milliseconds; absent where nothing was answered well. */
  readonly p50?: number;
  readonly p99?: number;
}

/** Where the time of answers was spent, and in what company. */
export class Split {
  readonly queue = new Durations();
  readonly handler = new Durations();
  /** Network, the server's HTTP and this generator. */
  readonly rest = new Durations();
  /** Requests by the size of their batch. */
  readonly batches = new Map<number, number>();
  /** What workers took, by the size of the batch, once for each request of it. */
  readonly times = new Map<number, Times>();
  readonly network = new Times();

  add(other: Split): void {
    this.queue.add(other.queue);
    this.handler.add(other.handler);
    this.rest.add(other.rest);
    for (const [size, requests] of other.batches) this.batches.set(size, (this.batches.get(size) ?? 0) + requests);
    for (const [size, times] of other.times) this.timesOf(size).add(times);
    this.network.add(other.network);
  }

  /** Times of batches of this size, to record into. */
  timesOf(size: number): Times {
    const times = this.times.get(size) ?? new Times();
    this.times.set(size, times);
    return times;
  }
}

/** Our runner's header of answers in the turn of an emulated accelerator. */
const EMULATED = /\r\nx-emulated-accelerator:[^\r]*?; ran-on=([\w:]+)/i;

/** One round of a measurement: what was answered while it was open. Times are milliseconds of `performance.now()`. */
export class Window {
  /** Of good answers alone. */
  readonly latency = new Durations();
  /** Present where the server says how it spent the time. */
  split: Split | undefined;
  /** How many requests failed, by reason. */
  readonly errors = new Map<string, number>();
  /** Good answers that came while it was open. */
  good = 0;
  /** On what the server says that it emulated an accelerator for the first good answer: `cpu`, `gpu:N`, `host`; undefined where it says nothing. */
  emulated: string | undefined;
  readonly slices: Slice[] = [];
  readonly #start: number;
  readonly #sliceMs: number;
  readonly #slice = new Durations();
  #sliceStart: number;
  #sliceErrors = 0;
  #end: number | undefined;

  constructor(start: number, sliceMs = 250) {
    this.#start = start;
    this.#sliceStart = start;
    this.#sliceMs = sliceMs;
  }

  get seconds(): number {
    return ((this.#end ?? performance.now()) - this.#start) / 1000;
  }

  /** Good answers per second. */
  get perSecond(): number {
    return this.good / this.seconds;
  }

  /** A right answer came. What comes after the end, having been under way at it, counts for the latency alone. */
  answered(now: number, latencyMs: number, head: string): void {
    this.latency.record(latencyMs);
    this.#splitUp(latencyMs, head);
    if (this.#end !== undefined) return;
    if (this.good === 0) this.emulated = EMULATED.exec(head)?.[1];
    this.good += 1;
    this.#turn(now);
    this.#slice.record(latencyMs);
  }

  /** A request failed: a status, a wrong answer, a connection, a timeout. */
  failed(now: number, reason: string): void {
    this.errors.set(reason, (this.errors.get(reason) ?? 0) + 1);
    if (this.#end !== undefined) return;
    this.#turn(now);
    this.#sliceErrors += 1;
  }

  /** No more counts towards the throughput. */
  close(now: number): void {
    this.#end = now;
    this.#turn(now);
    const rest = (now - this.#sliceStart) / 1000;
    // A rest of a slice would show as a dip or a peak that was none.
    if (rest > this.#sliceMs / 2000) this.#cut(rest);
  }

  #splitUp(latencyMs: number, head: string): void {
    const timing = serverTimingOf(head);
    if (timing === undefined) return;
    this.split ??= new Split();
    const { queue, handler, batch } = timing;
    this.split.queue.record(queue);
    this.split.handler.record(handler);
    this.split.rest.record(latencyMs - queue - handler);
    this.split.timesOf(batch).record(handler);
    this.split.network.record(latencyMs - queue - handler);
    this.split.batches.set(batch, (this.split.batches.get(batch) ?? 0) + 1);
  }

  #turn(now: number): void {
    while (now - this.#sliceStart >= this.#sliceMs) this.#cut(this.#sliceMs / 1000);
  }

  #cut(seconds: number): void {
    const { count } = this.#slice;
    const latencies = count > 0 ? { p50: this.#slice.quantile(0.5), p99: this.#slice.quantile(0.99) } : {};
    const at = (this.#sliceStart - this.#start) / 1000;
    this.slices.push({ at, seconds, good: count, errors: this.#sliceErrors, ...latencies });
    this.#slice.reset();
    this.#sliceErrors = 0;
    this.#sliceStart += seconds * 1000;
  }
}
