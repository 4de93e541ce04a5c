/** A distribution as pairs of milliseconds and how often, shortest first. */
export type Points = readonly (readonly [milliseconds: number, count: number])[];

/** Times within half a per cent of each other are put together. */
const STEP = Math.log(1.005);

/** A distribution from which can be drawn: to half a per cent, its mean exact. */
export class Times {
  readonly #steps = new Map<number, { sum: number; count: number }>();

  /** Takes one in, in milliseconds. */
  record(milliseconds: number): void {
    this.#take(Math.max(0, milliseconds), 1);
  }

  /** Takes in all of another distribution. */
  add(other: Times): void {
    for (const { sum, count } of other.#steps.values()) this.#take(sum / count, count);
  }

  points(): Points {
    return [...this.#steps]
      .sort(([one], [another]) => one - another)
      .map(([, { sum, count }]) => [Number((sum / count).toPrecision(6)), count]);
  }

  #take(milliseconds: number, count: number): void {
    const step = Math.round(Math.log(Math.max(0.001, milliseconds)) / STEP);
    const there = this.#steps.get(step);
    if (!there) {
      this.#steps.set(step, { sum: milliseconds * count, count });
      return;
    }
    there.sum += milliseconds * count;
    there.count += count;
  }
}
