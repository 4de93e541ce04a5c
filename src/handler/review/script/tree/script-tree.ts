import type { Tree } from '@lezer/common';
import { parser } from '@lezer/javascript';
import { boundedParse } from './bounded-parse.js';

/** What says nothing that the rest does not: brackets, words that their statement is named after, comments. */
const LEFT_OUT = new Set(
  '( ) { } ] , ; : . ?. var let const function return if else for while do switch case try catch finally new class throw with import export async of from debugger break continue Escape InterpolationStart InterpolationEnd'.split(
    ' ',
  ),
);

/** The name of each kind of node, and whether it is kept. */
const KINDS = parser.nodeSet.types.map(({ name }) => name);
const IS_LEFT_OUT = KINDS.map((name) => LEFT_OUT.has(name));
const kindOf = (name: string): number => KINDS.indexOf(name);
const LINE_COMMENT = kindOf('LineComment');
const BLOCK_COMMENT = kindOf('BlockComment');
const COMPARE = kindOf('CompareOp');
const ARITHMETIC = kindOf('ArithOp');
const WRONG = kindOf('⚠');
const COMMA = kindOf(',');
const ARRAY_PATTERN = kindOf('ArrayPattern');

/**
 * A parsed script as numbers: a node is its place in the order in which the nodes begin, 0 the script. So a bundle of 8 MB takes memory for
 * its nodes and for nothing else, and whoever goes through it makes no objects.
 */
export class ScriptTree {
  readonly text: string;
  /** Places at which the parser did not understand the text. */
  readonly errors: number;
  readonly #kinds: Uint16Array;
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  /** The node behind a node and all that is in it. */
  readonly #end: Int32Array;
  readonly #parent: Int32Array;

  constructor(text: string, tree: Tree) {
    this.text = text;
    let room = 1024;
    let [kinds, from, to, end, parent] = arrays(room);
    let size = 0;
    let errors = 0;
    let inside = -1;
    tree.iterate({
      enter: ({ type, from: start, to: stop }) => {
        const { id } = type;
        if (id === WRONG) errors += 1;
        checkToken(id, text, start, stop);
        // Of a list of names the commas tell which of them are left out.
        const isHole = id === COMMA && kinds[inside] === ARRAY_PATTERN;
        if ((IS_LEFT_OUT[id] && !isHole) || id === LINE_COMMENT || id === BLOCK_COMMENT) {
          return false;
        }
        if (size === room) {
          room *= 2;
          const old = [kinds, from, to, end, parent] as const;
          [kinds, from, to, end, parent] = arrays(room);
          for (const [index, array] of [kinds, from, to, end, parent].entries()) array.set(old[index] ?? []);
        }
        kinds[size] = id;
        from[size] = start;
        to[size] = stop;
        parent[size] = inside;
        inside = size;
        size += 1;
        return undefined;
      },
      leave: () => {
        end[inside] = size;
        inside = parent[inside] ?? -1;
      },
    });
    this.errors = errors;
    this.#kinds = kinds.slice(0, size);
    this.#from = from.slice(0, size);
    this.#to = to.slice(0, size);
    this.#end = end.slice(0, size);
    this.#parent = parent.slice(0, size);
  }

  /** How many nodes there are. */
  get size(): number {
    return this.#kinds.length;
  }

  /** What a node is, as the grammar calls it. */
  name(node: number): string {
    return KINDS[this.#kinds[node] ?? -1] ?? '';
  }

  words(node: number): string {
    return this.text.slice(this.#from[node], this.#to[node]);
  }

  from(node: number): number {
    return this.#from[node] ?? 0;
  }

  to(node: number): number {
    return this.#to[node] ?? 0;
  }

  /** The node behind a node and all that is in it. */
  end(node: number): number {
    return this.#end[node] ?? 0;
  }

  /** -1 for the script. */
  parent(node: number): number {
    return this.#parent[node] ?? -1;
  }

  /** The first node inside a node; undefined where there is none. */
  first(node: number): number | undefined {
    return node + 1 < this.end(node) ? node + 1 : undefined;
  }

  /** The next node in the same one; undefined where there is none. */
  next(node: number): number | undefined {
    const next = this.end(node);
    return next < this.end(this.parent(node)) ? next : undefined;
  }

  children(node: number): number[] {
    const found: number[] = [];
    const end = this.end(node);
    for (let child = node + 1; child < end; child = this.end(child)) found.push(child);
    return found;
  }

  /** The first node of that name in a node. */
  child(node: number, name: string): number | undefined {
    const end = this.end(node);
    for (let child = node + 1; child < end; child = this.end(child)) if (this.name(child) === name) return child;
    return undefined;
  }
}

const arrays = (size: number) =>
  [
    new Uint16Array(size),
    new Int32Array(size),
    new Int32Array(size),
    new Int32Array(size),
    new Int32Array(size),
  ] as const;

/** Node takes `<!--`, and `-->` at the beginning of a line, for comments, which the parser does not: what they hide from it is not to be known. */
function checkToken(id: number, text: string, from: number, to: number): void {
  const isHidden =
    (id === COMPARE && text.startsWith('<!--', from)) ||
    (id === ARITHMETIC &&
      text.startsWith('-->', from) &&
      /(^|\n)[ \t]*$/.test(text.slice(Math.max(0, from - 80), from)));
  if (isHidden) throw new RangeError('it has a comment as in HTML');
  if (id === LINE_COMMENT && /[\u2028\u2029]/.test(text.slice(from, to))) throw new Separator();
}

/** A line comment that ends at another separator of lines than the parser's. */
class Separator extends Error {}

/**
 * Parses JavaScript, script or module; what is no JavaScript becomes nodes of errors. Escapes in names and texts are read as the letters
 * that they stand for. Throws a RangeError for text that no person wrote, and on which others would work for minutes.
 */
export function parseScript(text: string): ScriptTree {
  const plain = masked(withPlainLetters(text));
  try {
    return new ScriptTree(plain, boundedParse(plain));
  } catch (error) {
    if (!(error instanceof Separator)) throw error;
    const lines = plain.replace(/[\u2028\u2029]/g, '\n');
    return new ScriptTree(lines, boundedParse(lines));
  }
}

/** What the grammar does not know is written otherwise, on the same line: attributes of imports, and classes without a name. */
function masked(text: string): string {
  return text
    .replace(/(?<=['"])\s*\b(?:with|assert)\s*\{[^{}'"]{0,40}['"][^'"]{0,40}['"]\s{0,20},?\s{0,20}\}/g, (all) =>
      all.replace(/[^\n]/g, ' '),
    )
    .replace(/\bexport\s+default\s+class(?=\s*\{|\s+extends\b)/g, '$& _');
}

/** The text with letters and digits in place of their escapes; lines stay, columns behind an escape do not. */
export function withPlainLetters(text: string): string {
  const lines = /[\r\f]/.test(text) ? text.replace(/\r/g, '\n').replace(/\f/g, ' ') : text;
  if (!/\\(?:x[2-7]|u00[2-7]|u\{0*[2-7])/i.test(lines)) return lines;
  return lines.replace(
    /\\(?:x([2-7][0-9a-f])|u00([2-7][0-9a-f])|u\{0*([2-7][0-9a-f])\}|[\s\S])/gi,
    (all: string, x?: string, u?: string, braced?: string) => {
      const letter = String.fromCharCode(Number.parseInt(x ?? u ?? braced ?? '0', 16));
      return /[\w$:/.]/.test(letter) ? letter : all;
    },
  );
}
