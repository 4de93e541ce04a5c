import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';

/** A place in a Python source and what is there. Lines and columns count from 1. */
export interface PythonFault {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** A parsed source: the tree, and the text that its offsets point into. */
export interface PythonSource {
  readonly text: string;
  readonly root: SyntaxNode;
  readonly faultAt: (offset: number, message: string) => PythonFault;
}

/** Steps of the parser, for a character of the text and at least; a source of 1 MiB takes about 400,000. */
const MAX_STEPS = 2;
const MIN_STEPS = 2_000_000;
/** Python stops at 200 brackets; brackets in strings and comments are counted here as well. */
const MAX_OPEN_BRACKETS = 2000;

/**
 * Parses Python 3 (and, where the grammar still knows it, Python 2). Errors are nodes of the tree. Throws a RangeError for
 * text that no Python takes and on which the parser's error recovery would work for minutes.
 */
export function parsePython(text: string): PythonSource {
  if (openBrackets(text) > MAX_OPEN_BRACKETS) throw new RangeError('brackets are nested too deeply');
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const faultAt = (offset: number, message: string): PythonFault => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { message, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
  return { text, root: parse(mask(text)), faultAt };
}

function parse(text: string): SyntaxNode {
  const running = parser.startParse(text);
  const most = Math.max(MIN_STEPS, MAX_STEPS * text.length);
  for (let step = 0; step < most; step++) {
    const tree = running.advance();
    if (tree) return tree.topNode;
  }
  throw new RangeError('too complex to be parsed');
}

function openBrackets(text: string): number {
  let open = 0;
  let most = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x28 || code === 0x5b || code === 0x7b) most = Math.max(most, ++open);
    else if ((code === 0x29 || code === 0x5d || code === 0x7d) && open > 0) open--;
  }
  return most;
}

/**
 * Replaces what the grammar does not know by something of the same length, so that every offset stays: floats that end in a
 * dot (`1.`), and tuples behind the `as` of a `with` (one long name instead).
 */
function mask(text: string): string {
  return text
    .replace(/(?<![\w.])(\d[\d_]*)\.(?![\w.])/g, '$1 ')
    .replace(/(?=\()(?<=\bas\s{0,20})\([\w\s,*.]*\)(?=\s*[:,)])/g, (tuple) => '_'.repeat(tuple.length));
}

/** The children of a node, in order. */
export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}

/**
 * Calls `visit` for a node and everything below it, in order; a visit that returns false leaves out what is below. Without
 * recursion: `1 + 1 + 1 + …` is as deep as it is long.
 */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => boolean | undefined): void {
  const open: SyntaxNode[] = [node];
  for (let next = open.pop(); next; next = open.pop()) {
    if (visit(next) === false) continue;
    for (let child = next.lastChild; child; child = child.prevSibling) open.push(child);
  }
}

/** True when something below the node (functions and classes inside it apart) satisfies the test. */
export function contains(node: SyntaxNode, test: (node: SyntaxNode) => boolean): boolean {
  let found = false;
  walk(node, (child) => {
    if (found || (child !== node && isScope(child))) return false;
    found = test(child);
    return undefined;
  });
  return found;
}

/** Functions, lambdas and classes: a `return` below them is not ours. */
export function isScope(node: SyntaxNode): boolean {
  return node.name === 'FunctionDefinition' || node.name === 'ClassDefinition' || node.name === 'LambdaExpression';
}
