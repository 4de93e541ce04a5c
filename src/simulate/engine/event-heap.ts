/** What is to happen, soonest first: a binary heap of times and codes in typed arrays, so that millions of events make no garbage. */
export class EventHeap {
  #times = new Float64Array(64);
  #codes = new Int32Array(64);
  #size = 0;

  /** The time of the next one; infinite of none. */
  get next(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] ?? 0);
  }

  push(time: number, code: number): void {
    if (this.#size === this.#times.length) this.#grow();
    let place = this.#size;
    this.#size += 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#times[parent] ?? 0;
      if (above <= time) break;
      this.#times[place] = above;
      this.#codes[place] = this.#codes[parent] ?? 0;
      place = parent;
    }
    this.#times[place] = time;
    this.#codes[place] = code;
  }

  /** Takes the next one out and returns its code; call it only while `next` is finite. */
  pop(): number {
    const first = this.#codes[0] ?? 0;
    this.#size -= 1;
    const size = this.#size;
    const time = this.#times[size] ?? 0;
    const code = this.#codes[size] ?? 0;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && (this.#times[child + 1] ?? 0) < (this.#times[child] ?? 0)) child += 1;
      const below = this.#times[child] ?? 0;
      if (below >= time) break;
      this.#times[place] = below;
      this.#codes[place] = this.#codes[child] ?? 0;
      place = child;
    }
    this.#times[place] = time;
    this.#codes[place] = code;
    return first;
  }

  #grow(): void {
    const [times, codes] = [this.#times, this.#codes];
    this.#times = new Float64Array(times.length * 2);
    this.#codes = new Int32Array(codes.length * 2);
    this.#times.set(times);
    this.#codes.set(codes);
  }
}
