import type { Random } from '../random.js';

/**
 * Draws values in proportion to their weights by the inverse of their distribution, with a table that says where to begin to look (Chen and
 * Asau): in constant time on average. The same random number gives a value of the same rank in every table, so that runs with two tables
 * that differ little differ little.
 */
export class InverseTable {
  readonly mean: number;
  /** All weights together. */
  readonly weight: number;
  readonly #values: Float64Array;
  /** Shares up to and with each value; the last is 1. */
  readonly #until: Float64Array;
  /** For each of as many equal parts as there are values: the first value that may be meant. */
  readonly #first: Uint32Array;

  /** Of values with weights above 0, at least one. */
  constructor(points: readonly (readonly [value: number, weight: number])[]) {
    const sorted = [...points].sort(([one], [other]) => one - other);
    const count = sorted.length;
    this.weight = sorted.reduce((sum, [, weight]) => sum + weight, 0);
    this.mean = sorted.reduce((sum, [value, weight]) => sum + value * weight, 0) / this.weight;
    this.#values = Float64Array.from(sorted, ([value]) => value);
    this.#until = new Float64Array(count).fill(1);
    this.#first = new Uint32Array(count);
    let sum = 0;
    let part = 0;
    for (const [index, [, weight]] of sorted.entries()) {
      sum += weight;
      if (index < count - 1) this.#until[index] = sum / this.weight;
      for (; part < count && part / count < (this.#until[index] ?? 1); part += 1) this.#first[part] = index;
    }
  }

  draw(random: Random): number {
    const share = random.uniform();
    let index = this.#first[Math.floor(share * this.#first.length)] ?? 0;
    while ((this.#until[index] ?? 1) <= share) index += 1;
    return this.#values[index] ?? 0;
  }
}
