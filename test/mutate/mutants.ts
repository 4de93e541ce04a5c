import ts from 'typescript';

/** One small change of a source file that a test should notice. */
export interface Mutant {
  readonly file: string;
  /** Of the changed text, from 1. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** What was changed, on one line: `a < b → a <= b`. */
  readonly change: string;
}

const OPERATORS: Readonly<Partial<Record<ts.SyntaxKind, string>>> = {
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: '!==',
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: '===',
  [ts.SyntaxKind.LessThanToken]: '<=',
  [ts.SyntaxKind.LessThanEqualsToken]: '<',
  [ts.SyntaxKind.GreaterThanToken]: '>=',
  [ts.SyntaxKind.GreaterThanEqualsToken]: '>',
  [ts.SyntaxKind.AmpersandAmpersandToken]: '||',
  [ts.SyntaxKind.BarBarToken]: '&&',
  [ts.SyntaxKind.PlusToken]: '-',
  [ts.SyntaxKind.MinusToken]: '+',
  [ts.SyntaxKind.AsteriskToken]: '/',
  [ts.SyntaxKind.SlashToken]: '*',
  [ts.SyntaxKind.PlusEqualsToken]: '-=',
  [ts.SyntaxKind.MinusEqualsToken]: '+=',
};

/** One literal in so many is changed: their words are not the core's behaviour. */
const LITERALS_SPARED = 5;

/** Every mutant of a file with this text, in its order. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Mutant[] = [];
  let literals = 0;
  const change = (node: ts.Node, replacement: string): void => {
    const [start, end] = [node.getStart(source), node.getEnd()];
    const { line, character } = source.getLineAndCharacterOfPosition(start);
    if (replacement === text.slice(start, end)) return;
    const summary = `${oneLine(text.slice(start, end))} → ${oneLine(replacement) || 'nothing'}`;
    found.push({ file, line: line + 1, column: character, start, end, replacement, change: summary });
  };
  const negate = (condition: ts.Expression): void => change(condition, `!(${condition.getText(source)})`);
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isBinaryExpression(node)) {
      const operator = OPERATORS[node.operatorToken.kind];
      if (operator !== undefined) change(node.operatorToken, operator);
      else if (node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) change(node, node.left.getText(source));
    } else if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
      change(node, node.operand.getText(source));
    } else if (ts.isIfStatement(node) || ts.isWhileStatement(node)) {
      negate(node.expression);
    } else if (ts.isConditionalExpression(node)) {
      negate(node.condition);
    } else if (ts.isReturnStatement(node) && node.expression) {
      for (const constant of constantsFor(node.expression)) change(node.expression, constant);
    } else if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) {
      for (const constant of constantsFor(node.body)) change(node.body, constant);
    } else if (ts.isThrowStatement(node) || isRemovable(node)) {
      change(node, ';');
    } else if (ts.isNumericLiteral(node) || ts.isStringLiteral(node)) {
      literals += 1;
      if (literals % LITERALS_SPARED === 0 && !isName(node))
        change(node, ts.isStringLiteral(node) ? "''" : `${node.text}+1`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Calls and assignments whose value nobody takes. */
function isRemovable(node: ts.Node): boolean {
  if (!ts.isExpressionStatement(node)) return false;
  const inner = ts.isAwaitExpression(node.expression) ? node.expression.expression : node.expression;
  if (ts.isCallExpression(inner)) return inner.expression.kind !== ts.SyntaxKind.SuperKeyword;
  return ts.isBinaryExpression(inner) && inner.operatorToken.kind === ts.SyntaxKind.EqualsToken;
}

function constantsFor(expression: ts.Expression): string[] {
  if (expression.kind === ts.SyntaxKind.TrueKeyword) return ['false'];
  if (expression.kind === ts.SyntaxKind.FalseKeyword) return ['true'];
  if (ts.isIdentifier(expression) && expression.text === 'undefined') return [];
  if (ts.isBinaryExpression(expression) && expression.operatorToken.kind in OPERATORS) {
    const compares = !['+', '-', '*', '/'].includes(OPERATORS[expression.operatorToken.kind] ?? '');
    if (compares) return ['true', 'false'];
  }
  return ['undefined'];
}

/** A property's name, not a value. */
function isName(node: ts.Node): boolean {
  return ts.isPropertyAssignment(node.parent) && node.parent.name === node;
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 70 ? `${line.slice(0, 69)}…` : line;
}

/** So many of the list, drawn by a seed: the same ones for the same seed and list, in the order of the list. */
export function draw<T>(list: readonly T[], count: number, seed: number): T[] {
  const random = randomFrom(seed);
  const keyed = list.map((item, index) => ({ item, index, key: random() }));
  const chosen = keyed.sort((a, b) => a.key - b.key).slice(0, count);
  return chosen.map(({ item }) => item);
}

/** Numbers from 0 to 1 by a seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
