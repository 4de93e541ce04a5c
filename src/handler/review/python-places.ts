import type { SyntaxNode } from '@lezer/common';

/** A name that is given to something, and does not stand for it here. */
export function isTarget({ parent, nextSibling }: SyntaxNode): boolean {
  if (parent === null) return false;
  if (/^(FunctionDefinition|ClassDefinition|ParamList)$/.test(parent.name))
    return nextSibling?.name !== ',' && nextSibling?.name !== ')';
  return (
    /^(AssignStatement|ArgList|NamedExpression)$/.test(parent.name) &&
    /^(AssignOp|TypeDef)$/.test(nextSibling?.name ?? '')
  );
}

/** Whether it is what a class is made from, which runs nothing before the class is called. */
export const isBase = (node: SyntaxNode): boolean =>
  node.parent?.name === 'ArgList' && node.parent.parent?.name === 'ClassDefinition';

/** What runs nothing where it stands: the type of a parameter or a variable, without a call in it. */
export function isOnlyNamed(node: SyntaxNode): boolean {
  for (let inside = node; inside.parent; inside = inside.parent) {
    const { parent } = inside;
    if (/^(CallExpression|ArgList|Body|Script)$/.test(parent.name)) return false;
    if (parent.name === 'TypeDef') return true;
  }
  return false;
}

/** Whether it is called where it stands, handed to what is called, or a decorator. */
export function isCalled(node: SyntaxNode): boolean {
  for (let inside: SyntaxNode | null = node; inside; inside = inside.parent) {
    if (/^(CallExpression|ArgList|Decorator|UnaryExpression)$/.test(inside.name)) return true;
    if (/Statement$|^Body$/.test(inside.name)) return false;
  }
  return false;
}
