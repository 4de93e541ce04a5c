/** Numbers in the order in which they came, in a ring that grows. */
export class WaitingLine {
  #ring = new Float64Array(64);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The oldest; NaN of none. */
  get first(): number {
    return this.#length === 0 ? Number.NaN : (this.#ring[this.#head] ?? Number.NaN);
  }

  push(value: number): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#length) & (this.#ring.length - 1)] = value;
    this.#length += 1;
  }

  /** Takes the oldest out; call it only while there is one. */
  shift(): number {
    const value = this.#ring[this.#head] ?? Number.NaN;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#length -= 1;
    return value;
  }

  #grow(): void {
    const ring = new Float64Array(this.#ring.length * 2);
    for (let index = 0; index < this.#length; index += 1)
      ring[index] = this.#ring[(this.#head + index) & (this.#ring.length - 1)] ?? 0;
    this.#ring = ring;
    this.#head = 0;
  }
}
