import { KIND, NAMES } from './kinds.js';
import type { Nodes } from './records.js';

/** What is longer is no name, no command and no condition. */
const LONGEST = 20_000;
/** Letters that are written by numbers. */
const ESCAPE = /\\(?:x[2-7]|u00[2-7]|u\{0*[2-7])/i;

/**
 * A parsed script as numbers: a node is its place in the order in which the nodes begin, 0 the script. So a bundle of 8 MB takes memory for
 * its nodes and for nothing else, and whoever goes through it makes no objects.
 */
export class ScriptTree {
  readonly text: string;
  readonly #nodes: Nodes;
  readonly #hasEscapes: boolean;

  constructor(text: string, nodes: Nodes) {
    this.text = text;
    this.#nodes = nodes;
    this.#hasEscapes = nodes.names.size > 0 || ESCAPE.test(text);
  }

  /** How many nodes there are. */
  get size(): number {
    return this.#nodes.kinds.length;
  }

  /** What a node is: see {@link KIND}. */
  name(node: number): string {
    return NAMES[this.#nodes.kinds[node] ?? -1] ?? '';
  }

  /** The text of a node, with letters in place of their escapes where it is no longer than a name or a command may be. */
  words(node: number): string {
    return this.#plain(node, this.from(node), this.to(node));
  }

  /** So many characters of it at most, from its beginning. */
  beginning(node: number, length: number): string {
    return this.#plain(node, this.from(node), Math.min(this.to(node), this.from(node) + length));
  }

  /** So many characters of it at most, up to its end. */
  ending(node: number, length: number): string {
    return this.#plain(node, Math.max(this.from(node), this.to(node) - length), this.to(node));
  }

  #plain(node: number, from: number, to: number): string {
    const words = this.text.slice(from, to);
    if (!this.#hasEscapes || words.length > LONGEST) return words;
    return this.#nodes.names.get(node) ?? withPlainLetters(words);
  }

  from(node: number): number {
    return this.#nodes.from[node] ?? 0;
  }

  to(node: number): number {
    return this.#nodes.to[node] ?? 0;
  }

  /** The node behind a node and all that is in it. */
  end(node: number): number {
    return this.#nodes.end[node] ?? 0;
  }

  /** -1 for the script. */
  parent(node: number): number {
    return this.#nodes.parent[node] ?? -1;
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

  /** Whether two scripts consist of the same nodes at the same places. */
  isLike(other: ScriptTree): boolean {
    if (this.size !== other.size) return false;
    for (let node = 0; node < this.size; node++)
      if (
        this.name(node) !== other.name(node) ||
        this.from(node) !== other.from(node) ||
        this.end(node) !== other.end(node)
      )
        return false;
    return true;
  }

  /** Whether it has statements that only a module may have. */
  get isModule(): boolean {
    const { kinds } = this.#nodes;
    return kinds.includes(KIND.ImportDeclaration) || kinds.includes(KIND.ExportDeclaration);
  }

  /** Whether a node of that kind has that text. */
  hasName(kind: number, name: string): boolean {
    if (!this.text.includes(name)) return false;
    const { kinds } = this.#nodes;
    for (let node = kinds.indexOf(kind); node >= 0; node = kinds.indexOf(kind, node + 1))
      if (this.to(node) - this.from(node) === name.length && this.text.startsWith(name, this.from(node))) return true;
    return false;
  }
}

/** Letters and digits in place of their escapes. */
function withPlainLetters(words: string): string {
  if (!words.includes('\\')) return words;
  return words.replace(
    /\\(?:x([2-7][0-9a-f])|u00([2-7][0-9a-f])|u\{0*([2-7][0-9a-f])\}|[\s\S])/gi,
    (all: string, x?: string, u?: string, braced?: string) => {
      const letter = String.fromCharCode(Number.parseInt(x ?? u ?? braced ?? '0', 16));
      return /[\w$:/.]/.test(letter) ? letter : all;
    },
  );
}
