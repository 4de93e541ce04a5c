/** Bits of a buffer, most significant first; zeros behind its end. */
class Bits {
  at = 0;
  readonly #bytes: Buffer;
  #left = 0;
  #byte = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isEnded(): boolean {
    return this.at > this.#bytes.length;
  }

  bit(): number {
    if (this.#left === 0) {
      this.#byte = this.#bytes[this.at] ?? 0;
      this.at += 1;
      this.#left = 8;
    }
    this.#left -= 1;
    return (this.#byte >> this.#left) & 1;
  }

  number(bits: number): number {
    let value = 0;
    for (let left = bits; left > 0; left--) value = value * 2 + this.bit();
    return value;
  }

  align(): void {
    this.#left = 0;
  }
}

const BLOCK = 0x314159265359;
const END = 0x177245385090;

/** Unpacks bzip2, block by block, streams one after the other; throws a RangeError where it is damaged. Checksums are not compared. */
export function* unpackBzip2(bytes: Buffer): Generator<Buffer> {
  const bits = new Bits(bytes);
  for (let isFirst = true; bits.at + 4 <= bytes.length; isFirst = false) {
    const level = (bytes[bits.at + 3] ?? 0) - 0x30;
    if (bytes.toString('latin1', bits.at, bits.at + 3) !== 'BZh' || level < 1 || level > 9) {
      if (isFirst) throw new RangeError('not bzip2');
      return;
    }
    bits.at += 4;
    for (let magic = bits.number(48); magic !== END; magic = bits.number(48)) {
      if (magic !== BLOCK) throw new RangeError('a block of bzip2 is damaged');
      yield block(bits, level * 100_000);
    }
    bits.number(32);
    bits.align();
  }
}

/** One block: Huffman codes, runs and move-to-front, the inverse of the sorting, and the runs of the input. */
function block(bits: Bits, most: number): Buffer {
  bits.number(32);
  if (bits.bit() === 1) throw new RangeError('a block of bzip2 is randomised');
  const origin = bits.number(24);
  const sorted = symbolsOf(bits, most);
  const { length } = sorted;
  if (origin >= length) throw new RangeError('a block of bzip2 is damaged');
  const starts = new Uint32Array(256);
  for (const byte of sorted) starts[byte] = (starts[byte] ?? 0) + 1;
  let sum = 0;
  for (let byte = 0; byte < 256; byte++) {
    const count = starts[byte] ?? 0;
    starts[byte] = sum;
    sum += count;
  }
  const next = new Uint32Array(length);
  for (let at = 0; at < length; at++) {
    const byte = sorted[at] ?? 0;
    const place = starts[byte] ?? 0;
    next[place] = at;
    starts[byte] = place + 1;
  }
  const plain = Buffer.allocUnsafe(length);
  for (let at = 0, from = next[origin] ?? 0; at < length; at++, from = next[from] ?? 0) plain[at] = sorted[from] ?? 0;
  return withRuns(plain);
}

/** Four equal bytes are followed by the number of further ones. */
function withRuns(plain: Buffer): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  let run = 0;
  for (let at = 0; at < plain.length; at++) {
    run = at > 0 && run > 0 && plain[at] === plain[at - 1] ? run + 1 : 1;
    if (run < 4 || at + 1 >= plain.length) continue;
    parts.push(plain.subarray(from, at + 1), Buffer.alloc(plain[at + 1] ?? 0, plain[at]));
    from = at + 2;
    at += 1;
    run = 0;
  }
  parts.push(plain.subarray(from));
  return Buffer.concat(parts);
}

/** The bytes of a block in their sorted order. */
function symbolsOf(bits: Bits, most: number): Uint8Array {
  const order = usedBytes(bits);
  const size = order.length + 2;
  const groups = bits.number(3);
  const count = bits.number(15);
  if (groups < 2 || groups > 6 || count < 1 || order.length === 0) throw new RangeError('a block of bzip2 is damaged');
  const recent = Array.from({ length: groups }, (_, index) => index);
  const selectors: number[] = [];
  for (let left = count; left > 0; left--) {
    let place = 0;
    while (bits.bit() === 1) place += 1;
    if (place >= groups) throw new RangeError('a block of bzip2 is damaged');
    const [chosen = 0] = recent.splice(place, 1);
    recent.unshift(chosen);
    selectors.push(chosen);
  }
  const tables = Array.from({ length: groups }, () => tableOf(bits, size));
  const found = new Uint8Array(most);
  let length = 0;
  let run = 0;
  let weight = 1;
  for (const selector of selectors) {
    const table = tables[selector];
    for (let left = 50; left > 0 && table !== undefined; left--) {
      const symbol = table(bits);
      if (symbol <= 1) {
        run += weight << symbol;
        weight *= 2;
        if (run > most) throw new RangeError('a block of bzip2 is damaged');
        continue;
      }
      if (run > 0) {
        if (length + run > most) throw new RangeError('a block of bzip2 is damaged');
        found.fill(order[0] ?? 0, length, length + run);
        length += run;
        run = 0;
        weight = 1;
      }
      if (symbol === size - 1) return found.subarray(0, length);
      if (length >= most || bits.isEnded) throw new RangeError('a block of bzip2 is damaged');
      const [byte = 0] = order.splice(symbol - 1, 1);
      order.unshift(byte);
      found[length++] = byte;
    }
  }
  throw new RangeError('a block of bzip2 has no end');
}

function usedBytes(bits: Bits): number[] {
  const ranges = bits.number(16);
  const found: number[] = [];
  for (let range = 0; range < 16; range++) {
    if (((ranges >> (15 - range)) & 1) === 0) continue;
    const used = bits.number(16);
    for (let byte = 0; byte < 16; byte++) if (((used >> (15 - byte)) & 1) === 1) found.push(range * 16 + byte);
  }
  return found;
}

/** Lengths of codes, each as a difference from the one before, as a decoder. */
function tableOf(bits: Bits, size: number): (bits: Bits) => number {
  let length = bits.number(5);
  const lengths: number[] = [];
  for (let symbol = 0; symbol < size; symbol++) {
    while (bits.bit() === 1) {
      length += bits.bit() === 1 ? -1 : 1;
      if (length < 1 || length > 20) throw new RangeError('a block of bzip2 is damaged');
    }
    lengths.push(length);
  }
  const symbols = lengths
    .map((_length, symbol) => symbol)
    .sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
  const counts = new Array<number>(21).fill(0);
  for (const one of lengths) counts[one] = (counts[one] ?? 0) + 1;
  return (from) => {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let bit = 1; bit <= 20; bit++) {
      code = code * 2 + from.bit();
      const count = counts[bit] ?? 0;
      if (code - first < count) return symbols[index + code - first] ?? 0;
      index += count;
      first = (first + count) * 2;
    }
    throw new RangeError('a block of bzip2 is damaged');
  };
}
