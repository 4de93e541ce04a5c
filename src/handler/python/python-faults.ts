import type { SyntaxNode } from '@lezer/common';
import { children, type PythonFault, type PythonSource, parsePython, walk } from './syntax.js';

/** The first place that no Python version parses, and the places that only Python 2 parses. */
export interface SyntaxFaults {
  readonly invalid: PythonFault | undefined;
  readonly python2: readonly PythonFault[];
}

/** The first one is shown; a few more are looked at because the first may be excused by Python 2 in its line. */
const MOST_ERRORS = 50;

/** Sorts the errors of a parse: Python 2, defects of the grammar (valid code it does not know), real errors. */
export function findSyntaxFaults(source: PythonSource): SyntaxFaults {
  const python2: PythonFault[] = [];
  const errors: SyntaxNode[] = [];
  walk(source.root, (node) => {
    const old = python2Syntax(node, source.text);
    if (old !== undefined) python2.push(source.faultAt(node.from, old));
    if (node.type.isError && errors.length < MOST_ERRORS && !excused(node, source.text)) errors.push(node);
    return undefined;
  });
  const oldLines = new Set(python2.map((fault) => fault.line));
  const invalid = errors
    .map((node) => ({ at: node.from, ...source.faultAt(lastCharacter(source.text, node.from), 'invalid syntax') }))
    .find((fault) => !oldLines.has(fault.line));
  if (invalid && isGlitch(source.text, invalid.at)) return { invalid: undefined, python2: dedupe(python2) };
  const fault = invalid && { message: invalid.message, line: invalid.line, column: invalid.column };
  return { invalid: fault, python2: dedupe(python2) };
}

/**
 * In long files the parser now and then stumbles over a good statement (in 10 of 6,000 files of numpy and torch). A real
 * error is still there when the parse starts shortly before it.
 */
function isGlitch(text: string, at: number): boolean {
  const starts = [
    ...text.slice(0, at).matchAll(/^(?:def|class|async|@|import|from|if|for|while|with|try|[A-Za-z_]\w*\s*[=:(.])/gm),
  ];
  return starts.slice(-3).some(({ index }) => {
    let fails = false;
    const part = parsePython(text.slice(index));
    walk(part.root, (node) => {
      if (node.type.isError && !excused(node, part.text) && index + node.from <= at + 2) fails = true;
      return undefined;
    });
    return !fails;
  });
}

/** An error at the start of a line belongs to the end of the line before: that is where something is missing. */
function lastCharacter(text: string, offset: number): number {
  const before = text.slice(0, offset);
  const trimmed = before.trimEnd();
  return before.slice(trimmed.length).includes('\n') ? Math.max(0, trimmed.length) : offset;
}

/**
 * Valid Python that the grammar takes for an error: a bare `yield`, bracketed `with` items, empty class patterns, a starred
 * target in a comprehension, a raw f-string, and now and then a piece of a comment.
 */
function excused(node: SyntaxNode, text: string): boolean {
  const line = text.slice(text.lastIndexOf('\n', node.from - 1) + 1, node.from + 1);
  if (/^\s*#/.test(line)) return true;
  if (/^\s*print\b/.test(line)) return true;
  if (text[node.from] === '*' && /\bfor\s[\w\s,(]*$/.test(text.slice(0, node.from).slice(-200))) return true;
  for (let parent = node.parent; parent; parent = parent.parent) {
    if (/^Yield/.test(parent.name)) return node.from === node.to;
    if (parent.name === 'Body') return false;
    if (/^Format/.test(parent.name)) return true;
    if (/^(WithStatement|MatchStatement|MatchClause)$/.test(parent.name)) return true;
  }
  return false;
}

function python2Syntax(node: SyntaxNode, text: string): string | undefined {
  const own = text.slice(node.from, node.to);
  const next = text.slice(node.to, node.to + 1);
  switch (node.name) {
    case 'PrintStatement':
      return isPrintStatement(text.slice(node.from, node.from + 200)) ? 'the print statement' : undefined;
    case 'RaiseStatement':
      return children(node).some((child) => child.name === ',') ? 'raise with a comma' : undefined;
    case 'TryStatement':
      return commaAfterExcept(node) ? 'except with a comma' : undefined;
    case 'CompareOp':
      return own === '<>' ? 'the operator <>' : undefined;
    case 'Number':
      if (/^0[0-9_]*[1-9]/.test(own) && /^\d+$/.test(own)) return 'an octal number without 0o';
      return /^[lL]$/.test(next) ? 'a long number' : undefined;
    case 'VariableName':
      if (own === 'exec' && /^[ \t]+["'\w]/.test(text.slice(node.to))) return 'the exec statement';
      return /^ur$/i.test(own) && /["']/.test(next) ? 'a ur"" string' : undefined;
    case 'ParamList':
      return children(node).some((child) => child.type.isError && text[child.from] === '(')
        ? 'a parameter list inside the parameters'
        : undefined;
    default:
      return node.type.isError && own === '`' ? 'backquotes' : undefined;
  }
}

/** `print "x"` and `print >>file, x`; not `print = log`, `print`, `print (x)` or `print [0]`, which Python 3 takes as well. */
function isPrintStatement(words: string): boolean {
  return /^print(?:[ \t]*["']|[ \t]*>>|[ \t]+(?!(?:in|is|and|or|if|not in)\b)[\w{])/.test(words);
}

function commaAfterExcept(node: SyntaxNode): boolean {
  const names = children(node).map((child) => child.name);
  return names.some((name, index) => name === 'except' && names[index + 2] === ',' && names[index + 4] === 'Body');
}

function dedupe(faults: readonly PythonFault[]): PythonFault[] {
  return faults.filter((fault, index) => faults.findIndex((other) => other.line === fault.line) === index);
}
