import type { RangeDecoder } from './range-decoder.js';

const fresh = (length: number): Uint16Array => new Uint16Array(length).fill(1024);

/** The lengths of matches. */
class Lengths {
  readonly #choice = fresh(2);
  readonly #low = fresh(16 * 8);
  readonly #middle = fresh(16 * 8);
  readonly #high = fresh(256);

  read(from: RangeDecoder, position: number): number {
    if (from.bit(this.#choice, 0) === 0) return from.tree(this.#low, 3, position * 8);
    if (from.bit(this.#choice, 1) === 0) return 8 + from.tree(this.#middle, 3, position * 8);
    return 16 + from.tree(this.#high, 8);
  }
}

/** Unpacked bytes in front of this one that matches may refer to, and those that nobody has taken yet. */
export class Dictionary {
  readonly size: number;
  readonly #bytes: Buffer;
  #at = 0;
  #taken = 0;
  total = 0;

  constructor(size: number) {
    this.size = Math.max(4096, size);
    this.#bytes = Buffer.alloc(this.size + 1024 * 1024);
  }

  get isFull(): boolean {
    return this.#at === this.#bytes.length;
  }

  put(byte: number): void {
    this.#bytes[this.#at++] = byte;
    this.total += 1;
  }

  before(distance: number): number {
    return this.#bytes[this.#at - distance] ?? 0;
  }

  /** What came since the last time. */
  take(): Buffer {
    const bytes = Buffer.from(this.#bytes.subarray(this.#taken, this.#at));
    if (this.isFull) {
      this.#bytes.copyWithin(0, this.#at - this.size, this.#at);
      this.#at = this.size;
    }
    this.#taken = this.#at;
    return bytes;
  }
}

/** The state of LZMA between its symbols; throws a RangeError where the data is damaged. */
export class LzmaDecoder {
  readonly #dictionary: Dictionary;
  readonly #literalContext: number;
  readonly #literalMask: number;
  readonly #positionMask: number;
  readonly #literals: Uint16Array;
  readonly #isMatch = fresh(12 * 16);
  readonly #isRepeat = fresh(12);
  readonly #isRepeat0 = fresh(12);
  readonly #isRepeat1 = fresh(12);
  readonly #isRepeat2 = fresh(12);
  readonly #isRepeat0Long = fresh(12 * 16);
  readonly #slots = fresh(4 * 64);
  readonly #positions = fresh(128);
  readonly #align = fresh(16);
  readonly #matchLengths = new Lengths();
  readonly #repeatLengths = new Lengths();
  #state = 0;
  #repeats: [number, number, number, number] = [0, 0, 0, 0];
  /** Bytes of a match that the last call had no room for. */
  #pending = 0;

  /** `properties` is the byte that says how many bits of position and of the byte before count. */
  constructor(properties: number, dictionary: Dictionary) {
    if (properties >= 225) throw new RangeError('LZMA properties are damaged');
    this.#dictionary = dictionary;
    this.#literalContext = properties % 9;
    const literalPosition = Math.floor(properties / 9) % 5;
    this.#literalMask = (1 << literalPosition) - 1;
    this.#positionMask = (1 << Math.floor(properties / 45)) - 1;
    this.#literals = fresh(0x300 << (this.#literalContext + literalPosition));
  }

  /** Unpacks up to `length` bytes, and hands them out in parts; false at the end behind its end marker. */
  *unpack(from: RangeDecoder, length: number): Generator<Buffer, boolean> {
    const out = this.#dictionary;
    const end = out.total + length;
    while (out.total < end) {
      if (this.#pending === 0 && this.#symbol(from) === 'end') {
        yield out.take();
        return false;
      }
      for (; this.#pending > 0 && out.total < end; this.#pending--) {
        out.put(out.before(this.#repeats[0] + 1));
        if (out.isFull) yield out.take();
      }
      if (out.isFull) yield out.take();
    }
    yield out.take();
    return true;
  }

  /** One literal, or the beginning of a match. */
  #symbol(from: RangeDecoder): 'end' | undefined {
    const out = this.#dictionary;
    const position = out.total & this.#positionMask;
    const state = this.#state;
    if (from.bit(this.#isMatch, state * 16 + position) === 0) {
      this.#literal(from);
      return undefined;
    }
    if (from.bit(this.#isRepeat, state) === 1) {
      if (out.total === 0) throw new RangeError('LZMA data is damaged');
      if (this.#repeated(from, state, position)) {
        this.#state = state < 7 ? 9 : 11;
        this.#pending = 1;
        return undefined;
      }
      this.#pending = this.#repeatLengths.read(from, position) + 2;
      this.#state = state < 7 ? 8 : 11;
    } else {
      const length = this.#matchLengths.read(from, position);
      const [first, second, third] = this.#repeats;
      const distance = this.#distance(from, length);
      this.#repeats = [distance, first, second, third];
      this.#state = state < 7 ? 7 : 10;
      if (distance === 0xffffffff) return 'end';
      this.#pending = length + 2;
    }
    if (this.#repeats[0] >= out.total || this.#repeats[0] >= out.size) throw new RangeError('LZMA data is damaged');
    return undefined;
  }

  #literal(from: RangeDecoder): void {
    const out = this.#dictionary;
    const before = out.total === 0 ? 0 : out.before(1);
    const context = ((out.total & this.#literalMask) << this.#literalContext) + (before >> (8 - this.#literalContext));
    const base = 0x300 * context;
    let symbol = 1;
    if (this.#state >= 7) {
      let match = out.before(this.#repeats[0] + 1);
      while (symbol < 0x100) {
        const wanted = (match >> 7) & 1;
        match <<= 1;
        const bit = from.bit(this.#literals, base + ((1 + wanted) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (wanted !== bit) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | from.bit(this.#literals, base + symbol);
    out.put(symbol & 0xff);
    const state = this.#state;
    this.#state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  /** Brings one of the last distances to the front; true where a single byte is repeated. */
  #repeated(from: RangeDecoder, state: number, position: number): boolean {
    const [first, second, third, fourth] = this.#repeats;
    if (from.bit(this.#isRepeat0, state) === 0) return from.bit(this.#isRepeat0Long, state * 16 + position) === 0;
    if (from.bit(this.#isRepeat1, state) === 0) this.#repeats = [second, first, third, fourth];
    else if (from.bit(this.#isRepeat2, state) === 0) this.#repeats = [third, first, second, fourth];
    else this.#repeats = [fourth, first, second, third];
    return false;
  }

  #distance(from: RangeDecoder, length: number): number {
    const slot = from.tree(this.#slots, 6, Math.min(length, 3) * 64);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return base + from.reverse(this.#positions, bits, base - slot);
    return base + from.direct(bits - 4) * 16 + from.reverse(this.#align, 4);
  }
}
