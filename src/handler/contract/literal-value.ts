import { Node, SyntaxKind } from '../morph.js';

/** An expression whose value cannot be seen without running it. */
export class NotWritten extends Error {
  readonly text: string;

  constructor(text: string) {
    super(`${text} is not written out`);
    this.text = text;
  }
}

/** How far names are followed. */
const DEEPEST = 50;

/**
 * The value of an expression that is written out: literals, objects and lists of them, names of such in the same file and their members, what
 * is added or multiplied. Throws `NotWritten`.
 */
export function literalValue(node: Node, depth = 0): unknown {
  const next = (inner: Node): unknown => literalValue(inner, depth + 1);
  if (depth > DEEPEST) throw notWritten(node);
  if (Node.isParenthesizedExpression(node) || Node.isAsExpression(node) || Node.isSatisfiesExpression(node))
    return next(node.getExpression());
  if (Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node)) return node.getLiteralText();
  if (Node.isNumericLiteral(node)) return node.getLiteralValue();
  if (Node.isTrueLiteral(node) || Node.isFalseLiteral(node)) return node.getLiteralValue();
  if (Node.isNullLiteral(node)) return null;
  if (Node.isObjectLiteralExpression(node)) return Object.fromEntries(node.getProperties().flatMap(entriesOf(next)));
  if (Node.isArrayLiteralExpression(node))
    return node.getElements().flatMap((element) => {
      if (!Node.isSpreadElement(element)) return [next(element)];
      const spread = next(element.getExpression());
      if (!Array.isArray(spread)) throw notWritten(element);
      return spread;
    });
  if (Node.isPrefixUnaryExpression(node)) return negated(node, next(node.getOperand()));
  if (Node.isBinaryExpression(node)) return combined(node, next(node.getLeft()), next(node.getRight()));
  if (Node.isIdentifier(node)) return named(node, next);
  if (Node.isPropertyAccessExpression(node)) return memberOf(node, next(node.getExpression()), node.getName());
  if (Node.isCallExpression(node) && node.getExpression().getText() === 'Object.freeze') {
    const [frozen] = node.getArguments();
    if (frozen) return next(frozen);
  }
  throw notWritten(node);
}

function entriesOf(next: (inner: Node) => unknown) {
  return (property: Node): [string, unknown][] => {
    if (Node.isSpreadAssignment(property)) {
      const spread = next(property.getExpression());
      if (typeof spread === 'object' && spread !== null) return Object.entries(spread);
    }
    if (Node.isShorthandPropertyAssignment(property)) {
      const value = next(property.getNameNode());
      return value === undefined ? [] : [[property.getName(), value]];
    }
    const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined;
    if (!Node.isPropertyAssignment(property) || value === undefined) throw notWritten(property);
    const key = property.getNameNode();
    const name = Node.isStringLiteral(key) || Node.isNumericLiteral(key) ? key.getLiteralText() : property.getName();
    if (Node.isComputedPropertyName(key)) throw notWritten(property);
    const found = next(value);
    return found === undefined ? [] : [[name, found]];
  };
}

function named(node: Node, next: (inner: Node) => unknown): unknown {
  const name = node.getText();
  if (name === 'undefined') return undefined;
  const value = node.getSourceFile().getVariableDeclaration(name)?.getInitializer();
  if (value === undefined) throw notWritten(node);
  return next(value);
}

function memberOf(node: Node, value: unknown, name: string): unknown {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, name)) return Reflect.get(value, name);
  if (typeof value === 'string' && name === 'length') return value.length;
  throw notWritten(node);
}

function negated(node: Node, value: unknown): unknown {
  if (!Node.isPrefixUnaryExpression(node) || typeof value !== 'number') throw notWritten(node);
  const operator = node.getOperatorToken();
  if (operator === SyntaxKind.MinusToken) return -value;
  if (operator === SyntaxKind.PlusToken) return value;
  throw notWritten(node);
}

function combined(node: Node, left: unknown, right: unknown): unknown {
  const operator = Node.isBinaryExpression(node) ? node.getOperatorToken().getText() : '';
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  if (typeof left !== 'number' || typeof right !== 'number') throw notWritten(node);
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  if (operator === '*') return left * right;
  if (operator === '/') return left / right;
  if (operator === '**') return left ** right;
  throw notWritten(node);
}

function notWritten(node: Node): NotWritten {
  return new NotWritten(node.getText().replaceAll(/\s+/g, ' ').slice(0, 80));
}
