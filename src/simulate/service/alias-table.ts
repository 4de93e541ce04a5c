import type { Random } from '../random.js';

/** Draws values in proportion to their weights, each in constant time (Walker's alias method in Vose's form). */
export class AliasTable {
  readonly mean: number;
  /** All weights together. */
  readonly weight: number;
  readonly #values: Float64Array;
  readonly #keep: Float64Array;
  readonly #other: Float64Array;

  /** Of values with weights above 0, at least one. */
  constructor(points: readonly (readonly [value: number, weight: number])[]) {
    const count = points.length;
    this.weight = points.reduce((sum, [, weight]) => sum + weight, 0);
    this.mean = points.reduce((sum, [value, weight]) => sum + value * weight, 0) / this.weight;
    this.#values = Float64Array.from(points, ([value]) => value);
    this.#keep = new Float64Array(count).fill(1);
    this.#other = Float64Array.from(this.#values);
    const shares = points.map(([, weight]) => (weight * count) / this.weight);
    const small = shares.flatMap((share, index) => (share < 1 ? [index] : []));
    const large = shares.flatMap((share, index) => (share < 1 ? [] : [index]));
    for (let low = small.pop(), high = large.at(-1); low !== undefined && high !== undefined; ) {
      const share = shares[low] ?? 1;
      this.#keep[low] = share;
      this.#other[low] = this.#values[high] ?? 0;
      const rest = (shares[high] ?? 1) - (1 - share);
      shares[high] = rest;
      if (rest < 1) {
        large.pop();
        small.push(high);
      }
      low = small.pop();
      high = large.at(-1);
    }
  }

  draw(random: Random): number {
    const index = Math.floor(random.uniform() * this.#values.length);
    return (random.uniform() < (this.#keep[index] ?? 1) ? this.#values[index] : this.#other[index]) ?? 0;
  }
}
