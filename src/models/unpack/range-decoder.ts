/** Bits of LZMA, each with what is known of its probability. */
export class RangeDecoder {
  at: number;
  readonly #bytes: Buffer;
  #range = 0xffffffff;
  #code = 0;

  /** Begins at a byte of the buffer. */
  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at + 1;
    for (let left = 4; left > 0; left--) this.#code = ((this.#code << 8) | this.#next()) >>> 0;
  }

  bit(probabilities: Uint16Array, index: number): number {
    const probability = probabilities[index] ?? 1024;
    const bound = (this.#range >>> 11) * probability;
    if (this.#code < bound) {
      this.#range = bound;
      probabilities[index] = probability + ((2048 - probability) >> 5);
      this.#normalize();
      return 0;
    }
    this.#range -= bound;
    this.#code -= bound;
    probabilities[index] = probability - (probability >> 5);
    this.#normalize();
    return 1;
  }

  /** Bits without probabilities. */
  direct(count: number): number {
    let value = 0;
    for (let left = count; left > 0; left--) {
      this.#range >>>= 1;
      const bit = this.#code >= this.#range ? 1 : 0;
      if (bit === 1) this.#code -= this.#range;
      value = value * 2 + bit;
      this.#normalize();
    }
    return value;
  }

  tree(probabilities: Uint16Array, bits: number, from = 0): number {
    let node = 1;
    for (let left = bits; left > 0; left--) node = node * 2 + this.bit(probabilities, from + node);
    return node - (1 << bits);
  }

  /** The same, lowest bit first. */
  reverse(probabilities: Uint16Array, bits: number, from = 0): number {
    let node = 1;
    let value = 0;
    for (let bit = 0; bit < bits; bit++) {
      const found = this.bit(probabilities, from + node);
      node = node * 2 + found;
      value += found << bit;
    }
    return value;
  }

  #normalize(): void {
    if (this.#range >= 0x1000000) return;
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | this.#next()) >>> 0;
  }

  #next(): number {
    if (this.at > this.#bytes.length + 16) throw new RangeError('LZMA data is cut off');
    return this.#bytes[this.at++] ?? 0;
  }
}
