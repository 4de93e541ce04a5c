import { AsyncLocalStorage } from 'node:async_hooks';

/** What a handler has to finish after one of its promises was rejected and nobody awaited it, in milliseconds. */
const GRACE_MS = 1000;

const owners = new AsyncLocalStorage<StrayRejections>();

/** The batches that wait for what becomes of a promise. */
const taken = new WeakMap<Promise<unknown>, StrayRejections>();

/**
 * The rejections that nobody awaits of one batch, told from those of others by the asynchronous context in which they began. One fails
 * its own batch: once the handler is done, or a second later, since what it waits for may never come.
 */
export class StrayRejections {
  #over = false;
  #fail: ((error: unknown) => void) | undefined;
  #first: { readonly promise: Promise<unknown>; readonly error: unknown } | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Runs code of the handler on behalf of this batch. */
  run<T>(code: () => T): T {
    return owners.run(this, code);
  }

  /** What the code comes to; rejects with the first stray rejection of the batch where there was one. */
  guard<T>(code: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      const decide = (settle: () => void): void => {
        this.#over = true;
        clearTimeout(this.#timer);
        if (this.#first) reject(this.#first.error);
        else settle();
      };
      // Node tells that somebody awaits a rejection after all one turn later.
      const end = (settle: () => void): void => {
        if (this.#first) setImmediate(() => decide(settle));
        else decide(settle);
      };
      this.run(code).then(
        (value) => end(() => resolve(value)),
        (error: unknown) => end(() => reject(error)),
      );
      if (this.#first) this.#hurry();
    });
  }

  /** Takes a rejection that just happened; false where its batch is answered already, or it belongs to none. */
  static take(promise: Promise<unknown>, error: unknown): boolean {
    const owner = owners.getStore();
    if (!owner || owner.#over) return false;
    owner.#first ??= { promise, error };
    taken.set(promise, owner);
    if (owner.#fail) owner.#hurry();
    return true;
  }

  /** Somebody awaits it after all. */
  static giveBack(promise: Promise<unknown>): void {
    const owner = taken.get(promise);
    if (owner === undefined || owner.#first?.promise !== promise) return;
    owner.#first = undefined;
    clearTimeout(owner.#timer);
    owner.#timer = undefined;
  }

  #hurry(): void {
    this.#timer ??= setTimeout(() => {
      this.#over = true;
      this.#fail?.(this.#first?.error);
    }, GRACE_MS);
  }
}
