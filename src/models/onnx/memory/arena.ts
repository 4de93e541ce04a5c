/** Every piece of memory begins at a multiple of it. */
const ALIGNMENT = 256;
/** The first region that is asked of the system; each further one is twice as large, up to the largest. */
const FIRST_REGION = 2 ** 20;
const LARGEST_REGION = 2 ** 30;
/** A free piece is cut only where it is at least twice what is wanted, or so much larger. */
const MOST_WASTE = 128 * 2 ** 20;

interface Piece {
  readonly region: Region;
  start: number;
  size: number;
  isFree: boolean;
}

interface Region {
  readonly pieces: Piece[];
  /** Ends of what was written to, in order: `[from, to)`; only that is resident. */
  touched: [from: number, to: number][];
}

/**
 * ONNX Runtime's arena for the cpu, as far as memory goes: regions that double, the best fitting free piece, neighbours joined when
 * they are freed. Regions are never given back.
 */
export class Arena {
  readonly #regions: Region[] = [];
  #next = FIRST_REGION;

  /** Takes memory and writes to all of it; returns what `free` takes. */
  allocate(bytes: number): Piece {
    const wanted = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const piece = this.#best(wanted) ?? this.#extend(wanted);
    if (piece.size >= wanted * 2 || piece.size - wanted >= MOST_WASTE) cut(piece, wanted);
    piece.isFree = false;
    touch(piece.region, piece.start, piece.start + bytes);
    return piece;
  }

  free(piece: Piece): void {
    piece.isFree = true;
    const { pieces } = piece.region;
    const at = pieces.indexOf(piece);
    const [before, after] = [pieces[at - 1], pieces[at + 1]];
    if (after?.isFree) {
      piece.size += after.size;
      pieces.splice(at + 1, 1);
    }
    if (before?.isFree) {
      before.size += piece.size;
      pieces.splice(at, 1);
    }
  }

  /** Bytes that were written to at any time: what is resident of it. */
  get resident(): number {
    return this.#regions.reduce((all, { touched }) => all + touched.reduce((sum, [from, to]) => sum + to - from, 0), 0);
  }

  #best(wanted: number): Piece | undefined {
    let best: Piece | undefined;
    for (const { pieces } of this.#regions)
      for (const piece of pieces)
        if (piece.isFree && piece.size >= wanted && (best === undefined || piece.size < best.size)) best = piece;
    return best;
  }

  #extend(wanted: number): Piece {
    const isEnough = this.#next >= wanted;
    while (this.#next < wanted) this.#next *= 2;
    const region: Region = { pieces: [], touched: [] };
    const piece: Piece = { region, start: 0, size: this.#next, isFree: true };
    region.pieces.push(piece);
    this.#regions.push(region);
    if (isEnough) this.#next = Math.min(this.#next * 2, Math.max(LARGEST_REGION, this.#next));
    return piece;
  }
}

function cut(piece: Piece, wanted: number): void {
  const { pieces } = piece.region;
  const rest = { region: piece.region, start: piece.start + wanted, size: piece.size - wanted, isFree: true };
  piece.size = wanted;
  pieces.splice(pieces.indexOf(piece) + 1, 0, rest);
}

/** Adds a stretch to what was touched, joined with what it meets. */
function touch(region: Region, from: number, to: number): void {
  const apart: [number, number][] = [];
  let [start, end] = [from, to];
  for (const stretch of region.touched) {
    if (stretch[1] < start || stretch[0] > end) apart.push(stretch);
    else [start, end] = [Math.min(start, stretch[0]), Math.max(end, stretch[1])];
  }
  region.touched = [...apart, [start, end]];
}
