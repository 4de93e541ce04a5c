import type { Remark } from '../remark.js';
import type { Arguments, Cell, Code, Frame, Site, Thing, Value } from './values/values.js';

/** What the parts of the reader of scripts do for each other. */
export interface Machine {
  /** Whether what is looked at happens while a script is imported; later on it is what may happen in functions. */
  readonly isAtImport: boolean;
  /** Whether what is being called is the only one that can be meant. */
  isSole: boolean;
  /** What a cell holds. Whatever is being run is run again when it holds more. */
  read(cell: Cell): Value;
  write(cell: Cell, value: Value): void;
  /** What an expression may be. */
  evaluate(node: number, frame: Frame): Value;
  /** Runs a statement. */
  visit(node: number, frame: Frame): void;
  /** Runs a statement when all that is imported has been: it stands where only the program's own start leads. */
  postpone(node: number, frame: Frame): void;
  /** What calling it comes to. */
  call(callee: Value, self: Value, args: Arguments, site: Site, isNew?: boolean): Value;
  /** Sees to it that a function runs, as it is called from there. */
  enter(code: Code, called: Thing, site: Site, self: Value, args: Arguments): Frame;
  /** What is known by that name in a frame. */
  lookUp(name: string, frame: Frame): Value;
  /** What is a name of every script: a property of `globalThis`. */
  global(name: string): Cell;
  /** The cell of a name that is assigned to. */
  cellOf(name: string, frame: Frame): Cell;
  /** The thing that is made at a place; made once, with what `make` says. */
  thingAt(site: Site, make?: () => Thing, role?: string): Thing;
  /** What a module exports, by the text that names it. */
  moduleOf(name: string, site: Site): Value;
  /** Runs a text as code; as the body of a function, what it comes to is that function. */
  runText(text: string, site: Site, isFunction: boolean): Value;
  /** Says something of a place. */
  say(kind: Remark['kind'], message: string, site: Site, isCommon?: boolean): void;
}
