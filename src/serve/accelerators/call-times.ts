/** How long something took, in milliseconds: all of it, and the distribution of the latest. */
export interface Times {
  readonly count: number;
  readonly mean: number;
  readonly max: number;
  /** Of the latest 512. */
  readonly p50: number;
  readonly p99: number;
}

const KEPT = 512;

/** Adds up times without keeping more than the latest of them. */
export class CallTimes {
  readonly #latest: number[] = [];
  #count = 0;
  #sum = 0;
  #max = 0;

  add(milliseconds: number): void {
    this.#latest[this.#count % KEPT] = milliseconds;
    this.#count += 1;
    this.#sum += milliseconds;
    this.#max = Math.max(this.#max, milliseconds);
  }

  /** Zeros where nothing was added. */
  summary(): Times {
    const sorted = [...this.#latest].sort((a, b) => a - b);
    const at = (share: number): number => rounded(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
    const mean = this.#count === 0 ? 0 : this.#sum / this.#count;
    return { count: this.#count, mean: rounded(mean), max: rounded(this.#max), p50: at(0.5), p99: at(0.99) };
  }
}

/** To microseconds. */
export function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
