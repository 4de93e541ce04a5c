import type { Scopes } from '../tree/script-scopes.js';
import type { ScriptTree } from '../tree/script-tree.js';

/** A text, or a number as a text. */
export interface Text {
  readonly kind: 'text';
  readonly text: string;
}

/** Something of Node, of the language or of a package that is not here, by its way: `child_process.exec`, `net.connect()`. */
export interface Path {
  readonly kind: 'path';
  readonly path: string;
  /** It leads to what starts programs or runs texts. */
  readonly isHot: boolean;
}

/** Where a value comes from whose content is not known. `pieced`: put together in a way that no text needs. */
export type Origin = 'decoded' | 'pieced' | 'file' | 'network' | 'private';

export interface From {
  readonly kind: 'from';
  readonly origin: Origin;
}

/** The keys of a thing, as a loop goes through them. */
export interface Keys {
  readonly kind: 'keys';
  readonly of: Thing | Path;
}

/** What lies in a thing, under the key that a loop has come to. */
export interface Each {
  readonly kind: 'each';
  readonly of: Thing | Path;
}

/** A property that is a function in truth. */
export interface Accessor {
  readonly kind: 'accessor';
  readonly of: Thing;
  readonly sets: boolean;
}

export type Atom = Text | Path | From | Keys | Each | Accessor | Thing;

/** What an expression may be: one of these, or something that is of no interest. */
export type Value = readonly Atom[];

export const NOTHING: Value = [];

/** A place for a value that only ever grows. */
export class Cell {
  value: Atom[] = [];
  /** What has to be run again when it grows. */
  readers: Task[] | undefined;
  /** What holds all that lies under any key of the same thing. */
  readonly all: Cell | undefined;

  constructor(all?: Cell) {
    this.all = all;
  }
}

/** A script of an archive, or a text that is run as one. */
export interface ScriptFile {
  /** Its way in the archive. */
  readonly path: string;
  readonly tree: ScriptTree;
  readonly scopes: Scopes;
  /** What makes its nodes different from those of other files. */
  readonly base: number;
  /** What it exports. */
  readonly exports: Thing;
  /** `module`, whose `exports` may be set to something else. */
  readonly module: Thing;
  /** For a text that is run: where it is run. */
  readonly runBy?: Site;
}

/** A place in a script, and the call of the function around it. */
export interface Site {
  readonly frame: Frame;
  readonly node: number;
}

/** A part of a function that is run by itself: a statement, the parameters, an expression that is returned. */
export interface Task {
  readonly frame: Frame;
  readonly node: number;
  isQueued: boolean;
  runs: number;
}

/** What a function is called with. */
export interface Arguments {
  readonly list: readonly Value[];
  /** What is spread: any of it may stand at any place behind the list. */
  readonly rest: Value;
}

/** The calls of a function that are looked at as one: its names and what they stand for. */
export class Frame {
  readonly cells = new Map<string, Cell>();
  readonly things = new Map<string | number, Thing>();
  readonly args: Cell[] = [];
  readonly rest = new Cell();
  readonly returned = new Cell();
  readonly self = new Cell();
  readonly id: number;
  readonly file: ScriptFile;
  readonly node: number;
  readonly parent: Frame | undefined;
  /** How many calls lie between it and one that is looked at for all callers together. */
  readonly depth: number;
  /** The class whose method it is. */
  readonly owner: Thing | undefined;
  /** What it consists of, once it runs. */
  tasks: readonly Task[] | undefined;
  /** It is called where nothing else can be meant, by what is called so itself. */
  isCertain = false;

  constructor(id: number, code: Code, depth: number) {
    this.id = id;
    this.file = code.file;
    this.node = code.node;
    this.parent = code.frame;
    this.owner = code.owner;
    this.depth = depth;
  }

  /** The parameter of that place. */
  arg(index: number): Cell {
    for (let at = this.args.length; at <= index; at++) this.args.push(new Cell());
    return this.args[index] ?? new Cell();
  }
}

/** The text of a function, and the call in which it was made. */
export interface Code {
  readonly file: ScriptFile;
  readonly node: number;
  readonly frame: Frame | undefined;
  readonly owner: Thing | undefined;
}

/** A function that is bound to values. */
export interface Bound {
  readonly target: Value;
  readonly self: Value;
  readonly args: readonly Value[];
}

/** Keys that no loop comes to. */
const INNER = /^(@@|prototype$|constructor$)/;

/** An object, a list, a function, a class: everything that one place of a script makes is one thing. */
export class Thing {
  readonly kind = 'thing';
  readonly code: Code | undefined;
  readonly isClass: boolean;
  readonly frames = new Map<number, Frame>();
  /** What a promise is fulfilled with. */
  resolved: Cell | undefined;
  /** A function that fulfils a promise. */
  resolves: Cell | undefined;
  bound: Bound | undefined;
  #props: Map<string, Cell> | undefined;
  #rest: Cell | undefined;
  #all: Cell | undefined;
  #links: Cell | undefined;

  constructor(code?: Code, isClass = false) {
    this.code = code;
    this.isClass = isClass;
  }

  /** What lies under a key. */
  cell(key: string): Cell {
    this.#props ??= new Map();
    const known = this.#props.get(key);
    if (known !== undefined) return known;
    const cell = new Cell(INNER.test(key) ? undefined : this.all);
    this.#props.set(key, cell);
    return cell;
  }

  /** Whether that key was ever asked for or set. */
  has(key: string): boolean {
    return this.#props?.has(key) === true;
  }

  /** The keys that were ever asked for or set. */
  get keys(): readonly string[] {
    return this.#props === undefined ? [] : [...this.#props.keys()];
  }

  /** What lies under any key. */
  get all(): Cell {
    this.#all ??= new Cell();
    return this.#all;
  }

  /** What lies under keys that are not known. */
  get rest(): Cell {
    this.#rest ??= new Cell(this.all);
    return this.#rest;
  }

  /** Where else is looked for what it does not have itself: prototypes, and what was copied into it. */
  get links(): Cell {
    this.#links ??= new Cell();
    return this.#links;
  }
}
