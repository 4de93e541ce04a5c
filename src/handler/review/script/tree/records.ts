/** Stands for nodes that lie elsewhere: `from` and `to` are the places of the first of them, and behind the last. */
const ELSEWHERE = 255;

/** The nodes of a script as numbers, in the order in which they begin; a node is its place. */
export interface Nodes {
  readonly kinds: Uint8Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** The node behind a node and all that is in it. */
  readonly end: Int32Array;
  readonly parent: Int32Array;
  /** Names that are written with escapes, as they are without. */
  readonly names: ReadonlyMap<number, string>;
}

/** Nodes that lie one behind the other. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

/**
 * Nodes while a script is parsed: statements are written down one by one as they end, the inner ones before those around them, which then
 * say where they lie. {@link gather} puts all of them into their order.
 */
export class Records {
  #kinds: Uint8Array;
  #from: Int32Array;
  #to: Int32Array;
  /** How many records a node consists of, itself among them. */
  #count: Int32Array;
  #size = 0;
  #elsewhere = 0;
  readonly #names = new Map<number, string>();

  constructor(room: number) {
    this.#kinds = new Uint8Array(room);
    this.#from = new Int32Array(room);
    this.#to = new Int32Array(room);
    this.#count = new Int32Array(room);
  }

  get size(): number {
    return this.#size;
  }

  /** Begins a node; what is added before it is closed is in it. */
  open(kind: number, from: number, to: number): number {
    if (this.#size === this.#kinds.length) this.#grow();
    const at = this.#size;
    this.#kinds[at] = kind;
    this.#from[at] = from;
    this.#to[at] = to;
    this.#count[at] = 1;
    this.#size += 1;
    return at;
  }

  close(at: number): void {
    this.#count[at] = this.#size - at;
  }

  /** Says where a node ends in the text, once it is known. */
  endAt(at: number, to: number): void {
    this.#to[at] = to;
  }

  /** Gives a node the name that its escapes stand for. */
  callIt(at: number, name: string): void {
    this.#names.set(at, name);
  }

  /** Puts nodes here that were written down before. */
  refer({ from, to }: Piece): void {
    this.open(ELSEWHERE, from, to);
    this.#elsewhere += 1;
  }

  /** All nodes of a piece, those that it refers to among them. */
  gather(piece: Piece): Nodes {
    const size = this.#size - this.#elsewhere;
    const kinds = new Uint8Array(size);
    const [from, to, end, parent] = [0, 1, 2, 3].map(() => new Int32Array(size));
    const names = new Map<number, string>();
    if (from === undefined || to === undefined || end === undefined || parent === undefined) throw new Error('no room');
    const outer: Piece[] = [];
    // What is referred to was written down before, so that no record of it is the end of what refers to it.
    const open: number[] = [];
    const ends: number[] = [];
    let { from: at, to: stop } = piece;
    let node = 0;
    for (;;) {
      while (open.length > 0 && at >= (ends.at(-1) ?? 0)) {
        end[open.pop() ?? 0] = node;
        ends.pop();
      }
      if (at === stop) {
        const next = outer.pop();
        if (next === undefined) break;
        ({ from: at, to: stop } = next);
        continue;
      }
      const [start, behind] = [this.#from[at] ?? 0, this.#to[at] ?? 0];
      if (this.#kinds[at] === ELSEWHERE) {
        outer.push({ from: at + 1, to: stop });
        [at, stop] = [start, behind];
        continue;
      }
      kinds[node] = this.#kinds[at] ?? 0;
      from[node] = start;
      to[node] = behind;
      parent[node] = open.at(-1) ?? -1;
      const name = this.#names.size === 0 ? undefined : this.#names.get(at);
      if (name !== undefined) names.set(node, name);
      open.push(node);
      ends.push(at + (this.#count[at] ?? 1));
      node += 1;
      at += 1;
    }
    return { kinds, from, to, end, parent, names };
  }

  #grow(): void {
    const room = 2 * this.#kinds.length;
    const kinds = new Uint8Array(room);
    kinds.set(this.#kinds);
    this.#kinds = kinds;
    const grown = [this.#from, this.#to, this.#count].map((old) => {
      const array = new Int32Array(room);
      array.set(old);
      return array;
    });
    [this.#from = this.#from, this.#to = this.#to, this.#count = this.#count] = grown;
  }
}
