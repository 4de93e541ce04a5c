/** Seconds before each start of another worker: Multi Model Server's table. Retries never stop; the last value repeats. */
const BACKOFF_SECONDS: readonly number[] = [1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597];

/** Counts the failures in a row of one worker. */
export class Backoff {
  #failures = 0;

  /** The next pause in milliseconds. */
  next(): number {
    const seconds = BACKOFF_SECONDS[Math.min(this.#failures, BACKOFF_SECONDS.length - 1)] ?? 1;
    this.#failures += 1;
    return seconds * 1000;
  }

  /** After a worker that was good for something. */
  reset(): void {
    this.#failures = 0;
  }
}
