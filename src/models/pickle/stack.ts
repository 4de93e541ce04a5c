import { MARK, Made, type Value, weightOf } from './values.js';

/** Bytes of values that lie on the stack at once; no honest pickle has a tenth of it. */
const HEAVIEST = 12 * 1024 * 1024;
/** Values of any kind: the elements of the longest tuple. */
const MOST_VALUES = 1_000_000;

/** The stack of a pickle, which weighs what lies on it. Beyond the limit values are not known any more. */
export class Stack {
  readonly #values: Value[] = [];
  /** What each one was taken for. */
  readonly #weights: number[] = [];
  #total = 0;
  #isFull = false;
  /** A value was let go. */
  forgot = false;

  /** It cannot be followed any further: an object was let go whose state decides how the pickle goes on, or there are too many values. */
  get isFull(): boolean {
    return this.#isFull || this.#values.length > MOST_VALUES;
  }

  get isEmpty(): boolean {
    return this.#values.length === 0;
  }

  get top(): Value {
    return this.#values.at(-1);
  }

  push(value: Value): void {
    const weight = weightOf(value);
    const fits = weight === 0 || this.#total + weight <= HEAVIEST;
    if (!fits) {
      this.forgot = true;
      if (value instanceof Made) this.#isFull = true;
    }
    this.#values.push(fits ? value : undefined);
    this.#weights.push(fits ? weight : 0);
    this.#total += fits ? weight : 0;
  }

  pop(): Value {
    this.#total -= this.#weights.pop() ?? 0;
    return this.#values.pop();
  }

  /** The values above the last mark, and the mark away with them; undefined without a mark, and then everything is gone. */
  toMark(): Value[] | undefined {
    const at = this.#values.lastIndexOf(MARK);
    for (const weight of this.#weights.splice(Math.max(at, 0))) this.#total -= weight;
    const values = this.#values.splice(Math.max(at, 0));
    return at < 0 ? undefined : values.slice(1);
  }

  /** What is on top holds more than before; false where that is too much. */
  grow(weight: number): boolean {
    const at = this.#weights.length - 1;
    if (at < 0) return false;
    if (this.#total + weight > HEAVIEST) {
      this.forgot = true;
      return false;
    }
    this.#weights[at] = (this.#weights[at] ?? 0) + weight;
    this.#total += weight;
    return true;
  }
}
