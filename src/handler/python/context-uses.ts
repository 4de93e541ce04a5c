import type { SyntaxNode } from '@lezer/common';
import { isScope, parsePython, walk } from './syntax.js';

/** An attribute that a handler takes from its context, or from `context.metrics`, with its place. */
export interface ContextUse {
  readonly of: 'context' | 'metrics';
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/**
 * What a Python handler asks of its context, once for each name. `names` are those of parameters that are the context; `isKept` when
 * the class has it as `self.context` without saying so. Left out is what cannot be told: a name that is bound again, an attribute that
 * the handler sets itself, and what it tries or asks for first (`try`, `hasattr`, `getattr`).
 */
export function findContextUses(text: string, names: ReadonlySet<string>, isKept: boolean): ContextUse[] {
  const source = parsePython(text);
  const textOf = (node: SyntaxNode): string => source.text.slice(node.from, node.to);
  const contexts = new Set([...names].filter((name) => !isBoundAgain(text, name)));
  for (const [, attribute = '', name = ''] of text.matchAll(/\bself\.(\w+)\s*=\s*(\w+)\s*$/gm))
    if (contexts.has(name)) contexts.add(`self.${attribute}`);
  if (isKept) contexts.add('self.context');
  const metrics = new Set([...contexts].map((path) => `${path}.metrics`));
  for (const [, name = '', path = ''] of text.matchAll(/\b(\w+)\s*=\s*([\w.]+\.metrics)\s*$/gm))
    if (metrics.has(path)) metrics.add(name);
  const set = new Set<string>();
  const found = new Map<string, ContextUse>();
  walk(source.root, (node) => {
    if (node.name !== 'MemberExpression' || node.lastChild?.name !== 'PropertyName' || !node.firstChild)
      return undefined;
    const base = textOf(node.firstChild);
    const of = contexts.has(base) ? 'context' : metrics.has(base) ? 'metrics' : undefined;
    if (!of) return undefined;
    const name = textOf(node.lastChild);
    if (isTarget(node)) set.add(`${of}.${name}`);
    else if (!found.has(`${of}.${name}`) && !isTried(node)) {
      const { line, column } = source.faultAt(node.lastChild.from, '');
      found.set(`${of}.${name}`, { of, name, line, column });
    }
    return undefined;
  });
  const asked = new Set(
    Array.from(text.matchAll(/\b(?:has|get|set)attr\([^,()]+,\s*["'](\w+)["']/g), ([, name]) => name),
  );
  return [...found.values()].filter(({ of, name }) => !set.has(`${of}.${name}`) && !asked.has(name));
}

/** Whether a name of a parameter is also something else: assigned, or what a `with`, an `except`, an import or a loop binds. */
function isBoundAgain(text: string, name: string): boolean {
  return new RegExp(
    `^[ \\t]*${name}[ \\t]*(?::[^=\\n]*)?=[^=]|\\b(?:as|for|import|global|class)\\s+${name}\\b`,
    'm',
  ).test(text);
}

function isTarget(node: SyntaxNode): boolean {
  return node.parent?.name === 'AssignStatement' && node.nextSibling?.name === 'AssignOp';
}

/** Inside a `try` of the same function. */
function isTried(node: SyntaxNode): boolean {
  for (let parent = node.parent; parent && !isScope(parent); parent = parent.parent)
    if (parent.name === 'TryStatement') return true;
  return false;
}
