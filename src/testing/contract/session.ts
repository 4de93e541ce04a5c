import type { Worker } from '#hosting/worker.js';
import { askBatch, type ModelAnswer, type ModelRequest } from '../ask.js';

/** A golden case that was answered as it should be: what it sends, and what came. */
export interface AnsweredCase {
  readonly path: string;
  readonly request: ModelRequest;
  readonly answer: ModelAnswer;
  /** What the case itself allows between two numbers. */
  readonly tolerance: number;
  /** From sending to the answer. */
  readonly ms: number;
  /** Resident memory of the worker afterwards; 0 where it is not known. */
  readonly bytes: number;
}

/** Longest time that a check may be expected to take. */
const PATIENCE_MS = 20_000;

/** One worker and everything that is asked of it, counted. */
export class Session {
  readonly worker: Worker;
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal | undefined;
  #requests = 0;

  constructor(worker: Worker, timeoutMs: number, signal?: AbortSignal) {
    this.worker = worker;
    this.#timeoutMs = timeoutMs;
    this.#signal = signal;
  }

  /** Requests that were sent. */
  get requests(): number {
    return this.#requests;
  }

  /** Sends requests as one batch; throws what `Worker.predict` throws. */
  async ask(requests: readonly ModelRequest[]): Promise<ModelAnswer[]> {
    this.#signal?.throwIfAborted();
    this.#requests += requests.length;
    return askBatch(this.worker, requests, this.#timeoutMs);
  }

  /** Sends one request. */
  async askOne(request: ModelRequest): Promise<ModelAnswer> {
    const [answer] = await this.ask([request]);
    if (answer === undefined) throw new TypeError('a batch of one has no answer');
    return answer;
  }

  /** Resident memory of the worker in bytes, 0 when unknown. */
  memory(): Promise<number> {
    return this.worker.memory();
  }

  /** Sends one request of a case again, with the time that it takes. */
  async askTimed(request: ModelRequest): Promise<{ readonly answer: ModelAnswer; readonly ms: number }> {
    const started = performance.now();
    const answer = await this.askOne(request);
    return { answer, ms: performance.now() - started };
  }
}

/** Why so many requests of a case are not worth their time; undefined where they are. */
export function tooSlowFor(count: number, { ms }: AnsweredCase): string | undefined {
  if (count * ms <= PATIENCE_MS) return undefined;
  return `an answer takes ${(ms / 1000).toFixed(1)} s, and ${count} would be needed`;
}
