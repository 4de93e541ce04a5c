import type { EntryReader } from './archive.js';

/** A reader over content that only comes in order (deflated): skipping reads and drops. */
export class SequentialReader implements EntryReader {
  readonly size: number;
  readonly #chunks: AsyncIterator<Buffer>;
  #left: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(size: number, content: AsyncIterable<Buffer>) {
    this.size = size;
    this.#chunks = content[Symbol.asyncIterator]();
  }

  async read(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    await this.#take(length, (part) => parts.push(part));
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
  }

  skip(length: number): Promise<void> {
    return this.#take(length, () => undefined);
  }

  async close(): Promise<void> {
    this.#ended = true;
    this.#left = Buffer.alloc(0);
    await this.#chunks.return?.();
  }

  async #take(length: number, consume: (part: Buffer) => void): Promise<void> {
    let wanted = length;
    while (wanted > 0 && (await this.#fill())) {
      const part = this.#left.subarray(0, wanted);
      this.#left = this.#left.subarray(part.length);
      wanted -= part.length;
      consume(part);
    }
  }

  /** Whether there is a byte to hand out. */
  async #fill(): Promise<boolean> {
    while (this.#left.length === 0 && !this.#ended) {
      const next = await this.#chunks.next();
      if (next.done === true) this.#ended = true;
      else this.#left = next.value;
    }
    return this.#left.length > 0;
  }
}

/** A reader over content at a known place (stored entries, plain files): skipping costs nothing. */
export class PositionalReader implements EntryReader {
  readonly size: number;
  readonly #readAt: (position: number, length: number) => Promise<Buffer>;
  readonly #release: () => Promise<void>;
  #position = 0;

  constructor(
    size: number,
    readAt: (position: number, length: number) => Promise<Buffer>,
    release: () => Promise<void> = async () => undefined,
  ) {
    this.size = size;
    this.#readAt = readAt;
    this.#release = release;
  }

  async read(length: number): Promise<Buffer> {
    const available = Math.min(length, this.size - this.#position);
    const bytes = await this.#readAt(this.#position, available);
    this.#position += available;
    return bytes;
  }

  async skip(length: number): Promise<void> {
    this.#position = Math.min(this.size, this.#position + length);
  }

  close(): Promise<void> {
    return this.#release();
  }
}
