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
  /** About its bytes in memory, what it holds included. */
  weight: number;
  isMemoized = false;

  constructor(callee: Imported | undefined, args: Value) {
    this.callee = callee;
    this.args = args;
    this.weight = 64 + weightOf(args);
  }
}

/** A tuple that is small enough to be kept. */
export class Items {
  readonly items: readonly Value[];
  readonly depth: number;
  readonly weight: number;

  constructor(items: readonly Value[], depth: number) {
    this.items = items;
    this.depth = depth;
    let weight = 64;
    for (const item of items) weight += 8 + weightOf(item);
    this.weight = weight;
  }
}

/** The entries of a dictionary whose keys are texts. */
export class Fields {
  #entries: Map<string, Value> | undefined;
  weight = 256;
  isMemoized = false;
  /** Whether every entry that may tell something is in `entries`: none had another key, and none was beyond what is kept. */
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

/** A tuple that holds more is content. */
const HEAVIEST = 256 * 1024;

/** Bytes inside a pickle that the memo does not keep: they are loaded where they stand. */
const LARGE = 1024 * 1024;
/** Bytes that the memo keeps, and how many more of what may matter to the end: objects whose state may be code, names of modules. */
const MOST_MEMOIZED = 6 * 1024 * 1024;
const MOST_LASTING = 12 * 1024 * 1024;
const LASTING = /^(scipy|statsmodels|copy_?reg|numpy\.random)\b/;
/** Words of a vocabulary look like names, too, but hardly like these. */
const MODULE =
  /^(?=.{3,200}$)([A-Za-z_]\w*(\.[A-Za-z_]\w*)+|numpy|torch|pandas|builtins|__builtin__|collections|copy_?reg|_codecs|datetime|decimal|fractions|uuid|pathlib)$/;
const EMPTY: ReadonlyMap<string, Value> = new Map();

/** About what a value takes in memory; nothing for numbers and for imports, of which there is one each. */
export function weightOf(value: Value): number {
  if (typeof value === 'string') return 32 + value.length;
  if (typeof value !== 'object' || value === null || value instanceof Imported) return 0;
  if (!Buffer.isBuffer(value)) return value.weight;
  // One of the largest files inside a pickle has room on its stack, and two have not.
  return 64 + (value.length > LARGE ? value.length / 6 : value.length);
}

/** What is kept of a tuple. */
export function tupleOf(items: readonly Value[]): Value {
  if (items.length > LONGEST) return undefined;
  let depth = 0;
  for (const item of items) if (item instanceof Items) depth = Math.max(depth, item.depth);
  if (depth >= DEEPEST) return undefined;
  const tuple = new Items(items, depth + 1);
  return tuple.weight > HEAVIEST ? undefined : tuple;
}

/** Entries of a state that its class may run as code. */
export const FORMULAS: readonly string[] = [
  'formula',
  'restore_design_info',
  'restore_formula',
  'restore_model_spec',
  'design_info',
];
/** Entries of a state by which values are then added to the instance. */
export const ADDING: readonly string[] = ['append', 'extend', 'add'];
const TELLING = new Set(['_parse_arg_template', ...FORMULAS, ...ADDING]);
/** Whether an entry may decide what a state does; others need not be kept. */
export const isTellingKey = (key: string): boolean => TELLING.has(key);

/** Whether a dictionary has room for an entry of this key. */
export function hasRoom(fields: Fields, key: Value): key is string {
  return typeof key === 'string' && (fields.entries.has(key) || fields.entries.size < LONGEST || isTellingKey(key));
}

/** Weighs what the memo keeps, so that no pickle grows without bound; what is beyond is not known any more. */
export class Keeper {
  #memoized = 0;
  /** A value was let go; or one without which the pickle cannot be followed. */
  forgot = false;
  isFull = false;

  /** What the memo keeps of a value. */
  memoized(value: Value): Value {
    const weight = weightOf(value);
    if (weight === 0) return value;
    if (Buffer.isBuffer(value) && value.length > LARGE) return undefined;
    if (this.#has(weight, isLasting(value))) {
      if (value instanceof Fields || value instanceof Made) value.isMemoized = true;
      return value;
    }
    if (isLasting(value)) this.isFull = true;
    // What is put into it by way of the memo is not seen any more.
    if (value instanceof Fields) value.isWhole = false;
    return undefined;
  }

  /** An object holds more than before; false where that is too much. */
  grow(target: Fields | Made, weight: number): boolean {
    if (target.isMemoized && !this.#has(weight, isLasting(target))) return false;
    target.weight += weight;
    return true;
  }

  #has(weight: number, isLasting: boolean): boolean {
    if (this.#memoized + weight > MOST_MEMOIZED + (isLasting ? MOST_LASTING : 0)) {
      this.forgot = true;
      return false;
    }
    this.#memoized += weight;
    return true;
  }
}

function isLasting(value: Value): boolean {
  if (typeof value === 'string') return MODULE.test(value);
  return value instanceof Made && LASTING.test(value.callee?.module ?? '');
}
