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

/** Parses Python 3 (and, where the grammar still knows it, Python 2). Never fails: errors are nodes of the tree. */
export function parsePython(text: string): PythonSource {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const faultAt = (offset: number, message: string): PythonFault => {
    let line = starts.length;
    while (line > 1 && (starts[line - 1] ?? 0) > offset) line--;
    return { message, line, column: offset - (starts[line - 1] ?? 0) + 1 };
  };
  return { text, root: parser.parse(mask(text)).topNode, faultAt };
}

/**
 * Replaces what the grammar does not know by something of the same length, so that every offset stays: floats that end in a
 * dot (`1.`), and tuples behind the `as` of a `with` (one long name instead).
 */
function mask(text: string): string {
  return text
    .replace(/(?<![\w.])(\d[\d_]*)\.(?![\w.])/g, '$1 ')
    .replace(/(?<=\bas\s*)\([\w\s,*.]*\)(?=\s*[:,)])/g, (tuple) => '_'.repeat(tuple.length));
}

/** The children of a node, in order. */
export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}

/** Calls `visit` for a node and everything below it; a visit that returns false leaves out what is below. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => boolean | undefined): void {
  if (visit(node) === false) return;
  for (const child of children(node)) walk(child, visit);
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
