/** Bytes of small files that are kept between the first look and the writing. */
const ROOM = 32 * 1024 * 1024;

/** What the threads of an intake have in common: which batch is next, and how much may still be kept. */
export class Share {
  /** Shared memory: the next batch, and the room that is left. */
  readonly cells: Int32Array;

  constructor(cells: Int32Array) {
    this.cells = cells;
  }

  static create(): Share {
    return new Share(new Int32Array(new SharedArrayBuffer(8)).fill(ROOM, 1));
  }

  /** The number of a batch that nobody else gets. */
  nextBatch(): number {
    return Atomics.add(this.cells, 0, 1);
  }

  /** True when there is room for so many bytes, which are taken then. */
  reserve(bytes: number): boolean {
    if (Atomics.sub(this.cells, 1, bytes) >= bytes) return true;
    Atomics.add(this.cells, 1, bytes);
    return false;
  }
}
