/** Something that a pickle imported: a function or a class, by its names. */
export class Imported {
  readonly module: string;
  readonly name: string;

  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }
}

/** What a call of an import gave; `state` is what BUILD gave it later. */
export class Made {
  readonly callee: Imported | undefined;
  readonly args: Value;
  state: Value;

  constructor(callee: Imported | undefined, args: Value) {
    this.callee = callee;
    this.args = args;
  }
}

/** A tuple that is small enough to be kept. */
export class Items {
  readonly items: readonly Value[];
  readonly depth: number;

  constructor(items: readonly Value[], depth: number) {
    this.items = items;
    this.depth = depth;
  }
}

/** The entries of a dictionary whose keys are texts. */
export class Fields {
  #entries: Map<string, Value> | undefined;
  /** Whether every entry is in `entries`: none had another key, and none was beyond what is kept. */
  isWhole = true;

  get entries(): ReadonlyMap<string, Value> {
    return this.#entries ?? EMPTY;
  }

  set(key: string, value: Value): void {
    this.#entries ??= new Map();
    this.#entries.set(key, value);
  }
}

/** The beginning of the values between it and the top of the stack. */
export const MARK = Symbol('mark');

/** What is known of a value: undefined for one whose content does not matter, null for None. */
export type Value =
  | undefined
  | null
  | boolean
  | number
  | string
  | Buffer
  | Imported
  | Made
  | Items
  | Fields
  | typeof MARK;

/** Tuples longer or nested deeper than this are content. */
const LONGEST = 64;
const DEEPEST = 8;

/** How much is kept of one pickle: texts of the memo, parts of tuples and dictionaries. */
const MOST_KEPT = 1_000_000;
/** Objects that the memo holds; of what is beyond only those stay whose state may be code. */
const MOST_OBJECTS = 250_000;
const LASTING = /^(scipy|statsmodels|copy_?reg|numpy\.random)\b/;
const EMPTY: ReadonlyMap<string, Value> = new Map();

/** Counts what is kept, so that no pickle grows without bound; what is beyond is not known any more. */
export class Keeper {
  #kept = 0;
  #objects = 0;

  tuple(items: readonly Value[]): Value {
    if (items.length > LONGEST || !this.#has(items.length)) return undefined;
    let depth = 0;
    for (const item of items) if (item instanceof Items) depth = Math.max(depth, item.depth);
    return depth >= DEEPEST ? undefined : new Items(items, depth + 1);
  }

  entry(fields: Fields, key: Value, value: Value): void {
    const isKept =
      typeof key === 'string' && (fields.entries.has(key) || (fields.entries.size < LONGEST && this.#has(1)));
    if (isKept) fields.set(key, value);
    else fields.isWhole = false;
  }

  /** What the memo keeps of a value. */
  memoized(value: Value): Value {
    if (typeof value === 'string') return this.#has(1) ? value : undefined;
    if (typeof value !== 'object' || value === null || value instanceof Imported) return value;
    this.#objects += 1;
    if (this.#objects <= MOST_OBJECTS) return value;
    if (value instanceof Made && LASTING.test(value.callee?.module ?? '')) return value;
    // What is put into it by way of the memo is not seen any more.
    if (value instanceof Fields) value.isWhole = false;
    return undefined;
  }

  #has(count: number): boolean {
    this.#kept += count;
    return this.#kept <= MOST_KEPT;
  }
}
