const FRAME = 0x184d2204;
const LEGACY = 0x184c2102;
/** The sixteen numbers from here on begin data that is passed over. */
const SKIPPED = 0x184d2a50;
/** How far back a match may reach: what is kept of the blocks before. */
const WINDOW = 64 * 1024;
/** What a block of the legacy format unpacks to at most. */
const LEGACY_BLOCK = 8 * 1024 * 1024;
const UNCOMPRESSED = 0x80000000;

/** Brings the next so many bytes of what is packed; fewer only at its end. */
type Take = (length: number) => Promise<Buffer>;

/**
 * Unpacks frames of LZ4, of today's format and of the legacy one, one after the other. Checksums are not compared; throws a RangeError where
 * the data is damaged or needs a dictionary.
 */
export async function* unpackLz4(take: Take): AsyncGenerator<Buffer> {
  const blocks = new Blocks();
  for (let magic = await take(4); magic.length > 0; magic = await take(4)) {
    const kind = word(magic);
    if (kind === FRAME) yield* frame(take, blocks);
    else if (kind === LEGACY) yield* legacy(take, blocks);
    else if (kind >>> 4 === SKIPPED >>> 4) await skip(take, word(await take(4)));
    else throw new RangeError('what follows the LZ4 data is something else');
  }
}

async function* frame(take: Take, blocks: Blocks): AsyncGenerator<Buffer> {
  const [flags = 0, sizes = 0] = await exactly(take, 2);
  if (flags >> 6 !== 1) throw new RangeError('the version of the LZ4 frame is not known');
  if ((flags & 1) !== 0) throw new RangeError('the LZ4 frame needs a dictionary');
  const most = 2 ** (8 + 2 * ((sizes >> 4) & 7));
  if (most < WINDOW) throw new RangeError('the size of the blocks of the LZ4 frame is not known');
  await exactly(take, ((flags & 8) === 0 ? 0 : 8) + 1);
  blocks.begin(most);
  for (let size = word(await take(4)); size !== 0; size = word(await take(4))) {
    const length = size & ~UNCOMPRESSED;
    if (length > most) throw new RangeError('a block of LZ4 is longer than its frame allows');
    const packed = await exactly(take, length);
    if ((flags & 0x20) !== 0) blocks.begin(most);
    yield size >>> 31 === 1 ? blocks.plain(packed) : blocks.unpack(packed);
    if ((flags & 0x10) !== 0) await exactly(take, 4);
  }
  if ((flags & 4) !== 0) await exactly(take, 4);
}

/** Blocks without an end mark: to the end of the data. */
async function* legacy(take: Take, blocks: Blocks): AsyncGenerator<Buffer> {
  for (let size = await take(4); size.length > 0; size = await take(4)) {
    const length = word(size);
    if (length > 2 * LEGACY_BLOCK) throw new RangeError('a block of LZ4 is longer than its frame allows');
    blocks.begin(LEGACY_BLOCK);
    yield blocks.unpack(await exactly(take, length));
  }
}

/** Unpacks blocks into one buffer for all of them: what was there before, as far back as a match may reach, and behind it the block. */
class Blocks {
  #out: Buffer = Buffer.alloc(0);
  /** Where the block begins: so much is there of those before. */
  #start = 0;
  #most = 0;

  /** Nothing is there before the next block, which unpacks to `most` bytes at most. */
  begin(most: number): void {
    if (this.#out.length < WINDOW + most) this.#out = Buffer.alloc(WINDOW + most);
    this.#start = 0;
    this.#most = most;
  }

  /** A block that is not packed. */
  plain(block: Buffer): Buffer {
    block.copy(this.#out, this.#start);
    return this.#keep(this.#start + block.length);
  }

  /** A block: literals and matches in turns. */
  unpack(packed: Buffer): Buffer {
    const out = this.#out;
    const end = this.#start + this.#most;
    let to = this.#start;
    let at = 0;
    const further = (start: number): number => {
      let length = start;
      if (start !== 15) return length;
      for (let byte = 255; byte === 255; at += 1) {
        byte = packed[at] ?? 0;
        length += byte;
      }
      return length;
    };
    while (at < packed.length) {
      const token = packed[at] ?? 0;
      at += 1;
      const literals = further(token >> 4);
      if (at + literals > packed.length || to + literals > end) throw damaged();
      packed.copy(out, to, at, at + literals);
      at += literals;
      to += literals;
      if (at >= packed.length) break;
      const distance = (packed[at] ?? 0) | ((packed[at + 1] ?? 0) << 8);
      at += 2;
      const match = further(token & 15) + 4;
      if (distance === 0 || distance > to || to + match > end) throw damaged();
      // A match may reach into what it writes itself.
      if (distance >= match) out.copyWithin(to, to - distance, to - distance + match);
      else for (let index = to; index < to + match; index += 1) out[index] = out[index - distance] ?? 0;
      to += match;
    }
    return this.#keep(to);
  }

  /** The block that ends there; its end is kept for the next one. */
  #keep(end: number): Buffer {
    const block = Buffer.from(this.#out.subarray(this.#start, end));
    const from = Math.max(0, end - WINDOW);
    this.#out.copyWithin(0, from, end);
    this.#start = end - from;
    return block;
  }
}

const damaged = (): RangeError => new RangeError('a block of LZ4 is damaged');

async function skip(take: Take, length: number): Promise<void> {
  for (let left = length; left > 0; ) {
    const bytes = await take(Math.min(left, WINDOW));
    if (bytes.length === 0) throw new RangeError('LZ4 data is cut off');
    left -= bytes.length;
  }
}

async function exactly(take: Take, length: number): Promise<Buffer> {
  const bytes = await take(length);
  if (bytes.length < length) throw new RangeError('LZ4 data is cut off');
  return bytes;
}

function word(bytes: Buffer): number {
  if (bytes.length < 4) throw new RangeError('LZ4 data is cut off');
  return bytes.readUInt32LE(0);
}
