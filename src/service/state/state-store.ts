import { MarError } from '#errors/mar-error.js';

/** How much is kept, and how long. */
export interface StateOptions {
  /** Keys at most; the one that was longest unused goes first. Default 1000. */
  readonly limit?: number;
  /** Seconds after its last use that a state is forgotten. Default 600. */
  readonly expiresAfter?: number;
  /** Milliseconds of a clock that only goes forward; default the process's. */
  readonly now?: () => number;
}

/**
 * State between requests by a key that the client sends: the recurrent state of a stream, the turns of a talk. It lives in one worker's
 * memory: serve such a model with one worker, and expect a state to be gone (the worker restarted, the time is over).
 */
export class StateStore<T> {
  readonly #states = new Map<string, { readonly value: T; readonly usedAt: number }>();
  readonly #limit: number;
  readonly #expiresAfter: number;
  readonly #now: () => number;

  constructor({ limit = 1000, expiresAfter = 600, now = () => performance.now() }: StateOptions = {}) {
    if (!(limit >= 1) || !(expiresAfter > 0))
      throw new MarError(`A StateStore of ${limit} keys for ${expiresAfter} seconds keeps nothing.`, {
        code: 'ERR_SERVICE_ARGUMENT',
      });
    this.#limit = limit;
    this.#expiresAfter = expiresAfter * 1000;
    this.#now = now;
  }

  /** How many keys have a state. */
  get size(): number {
    this.#forget();
    return this.#states.size;
  }

  /** The state of a key, undefined when there is none (any more). Counts as a use. */
  get(key: string): T | undefined {
    this.#forget();
    const found = this.#states.get(key);
    if (found) this.#put(key, found.value);
    return found?.value;
  }

  /** Keeps a state. */
  set(key: string, value: T): void {
    this.#put(key, value);
    this.#forget();
  }

  /** Forgets a state; true when there was one. */
  delete(key: string): boolean {
    return this.#states.delete(key);
  }

  /** The last used are last. */
  #put(key: string, value: T): void {
    this.#states.delete(key);
    this.#states.set(key, { value, usedAt: this.#now() });
  }

  #forget(): void {
    const oldest = this.#now() - this.#expiresAfter;
    for (const [key, { usedAt }] of this.#states) {
      if (usedAt > oldest && this.#states.size <= this.#limit) return;
      this.#states.delete(key);
    }
  }
}
