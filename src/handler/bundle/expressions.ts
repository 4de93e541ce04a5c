import { join } from 'node:path';
import { type TypeScript, ts } from '../morph.js';
import type { FileReference, Value } from './file-reference.js';

/** A path with one more part behind it; open where the source does not say the part. */
export function joinTo(value: Value, part: TypeScript.Expression): Value {
  if (value.isOpen || !ts.isStringLiteralLike(part)) return { path: value.path, isOpen: true };
  return { path: join(value.path, part.text), isOpen: false, end: part.getEnd() - 1 };
}

/** A path with a text behind it, as `+` puts it there. */
export function append(value: Value, part: TypeScript.Expression): Value {
  if (value.isOpen || !ts.isStringLiteralLike(part)) return { path: value.path, isOpen: true };
  return { path: value.path + part.text, isOpen: false, end: part.getEnd() - 1 };
}

/** The name that is called: `join` of `path.join`, of `(0, path_1.join)` and of `join`. */
export function nameOf(callee: TypeScript.Expression): string {
  if (ts.isIdentifier(callee)) return callee.text;
  if (ts.isPropertyAccessExpression(callee)) return callee.name.text;
  if (ts.isParenthesizedExpression(callee)) return nameOf(callee.expression);
  return ts.isBinaryExpression(callee) ? nameOf(callee.right) : '';
}

/** False for a name that is bound or that is a member's. */
export function isUse(node: TypeScript.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) return parent.initializer === node;
  return !ts.isParameter(parent) && !ts.isBindingElement(parent);
}

/** What the expression is an argument of. */
export function useOf(
  node: TypeScript.Node,
  isRequire: (callee: TypeScript.Expression) => boolean,
): Pick<FileReference, 'isRead' | 'starts' | 'loads'> {
  const { parent } = node;
  const isLoaded =
    ts.isCallExpression(parent) &&
    parent.expression !== node &&
    (parent.expression.kind === ts.SyntaxKind.ImportKeyword || isRequire(parent.expression));
  const name =
    (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression !== node
      ? nameOf(parent.expression)
      : '';
  return {
    isRead: /^(readFile|readFileSync|createReadStream|open|openSync|readdir|readdirSync)$/.test(name),
    starts: name === 'Worker' || name === 'fork' ? name : undefined,
    loads: isLoaded ? [node.getStart(), node.getEnd()] : undefined,
  };
}

/** True for the folder that is asked for what lies in it. */
export function isListed({ parent }: TypeScript.Node): boolean {
  return ts.isCallExpression(parent) && /^(readdir|readdirSync|opendir|opendirSync)$/.test(nameOf(parent.expression));
}
