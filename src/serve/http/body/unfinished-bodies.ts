/** A request body that is still arriving. */
export interface UnfinishedBody {
  /** Bytes that it holds; `UnfinishedBodies` counts them. */
  size: number;
  /** Gives it up: its bytes are let go, its request is refused. */
  drop(): void;
}

/** The memory of all bodies that have not come to their end. Beyond the limit the one goes that has made no progress for longest. */
export class UnfinishedBodies {
  readonly #limit: number;
  /** In the order of their latest progress. */
  readonly #bodies = new Set<UnfinishedBody>();
  #size = 0;

  /** `limit` in bytes; at least that of a single body. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  grow(body: UnfinishedBody, bytes: number): void {
    this.#bodies.delete(body);
    this.#bodies.add(body);
    body.size += bytes;
    this.#size += bytes;
    for (const stalest of this.#bodies) {
      if (this.#size <= this.#limit) return;
      this.remove(stalest);
      stalest.drop();
    }
  }

  /** It has come to its end, or its client has gone. */
  remove(body: UnfinishedBody): void {
    if (this.#bodies.delete(body)) this.#size -= body.size;
  }
}
