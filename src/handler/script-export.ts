import type { ClassDeclaration, ClassExpression, ObjectLiteralExpression } from 'ts-morph';
import { Node, SyntaxKind } from './morph.js';
import type { ScriptCall, ScriptExport, ScriptReturn } from './script-module.js';

type Class = ClassDeclaration | ClassExpression;

/** Describes what an export is bound to: follows variables, parentheses, `as` and lists of exports in the same file. */
export function describeExport(name: string, bound: Node | undefined, depth = 0): ScriptExport {
  const node = bound;
  const place = node ? node.getSourceFile().getLineAndColumnAtPos(node.getStart()) : { line: 1, column: 1 };
  const unknown: ScriptExport = { name, kind: 'unknown', line: place.line, column: place.column };
  if (!node || depth > 8) return unknown;
  if (Node.isClassDeclaration(node) || Node.isClassExpression(node)) return describeClass(name, node, place, depth);
  if (isFunction(node)) return { ...unknown, kind: 'function', call: describeCall(node) };
  if (Node.isVariableDeclaration(node)) return describeExport(name, node.getInitializer(), depth + 1);
  if (Node.isParenthesizedExpression(node) || Node.isAsExpression(node) || Node.isSatisfiesExpression(node))
    return describeExport(name, node.getExpression(), depth + 1);
  if (Node.isExportAssignment(node)) return describeExport(name, node.getExpression(), depth + 1);
  if (Node.isShorthandPropertyAssignment(node))
    return describeExport(name, declarationOf(node.getNameNode()), depth + 1);
  if (Node.isIdentifier(node)) return describeExport(name, declarationOf(node), depth + 1);
  if (Node.isObjectLiteralExpression(node)) {
    const methods = memberNames(node);
    return { ...unknown, kind: 'object', ...(methods && { methods }) };
  }
  if (Node.isLiteralExpression(node) || Node.isArrayLiteralExpression(node)) return { ...unknown, kind: 'value' };
  return unknown;
}

function memberNames(node: ObjectLiteralExpression): string[] | undefined {
  const properties = node.getProperties();
  // A spread may bring anything along.
  if (properties.some((property) => Node.isSpreadAssignment(property))) return undefined;
  return properties.flatMap((property) => (Node.hasName(property) ? [property.getName()] : []));
}

function isFunction(node: Node) {
  return (
    Node.isFunctionDeclaration(node) ||
    Node.isFunctionExpression(node) ||
    Node.isArrowFunction(node) ||
    Node.isMethodDeclaration(node)
  );
}

/** The statement of the same file that declares an identifier. */
function declarationOf(identifier: Node): Node | undefined {
  const name = identifier.getText();
  const file = identifier.getSourceFile();
  return file.getFunction(name) ?? file.getClass(name) ?? file.getVariableDeclaration(name);
}

function describeClass(
  name: string,
  found: Class,
  place: { line: number; column: number },
  depth: number,
): ScriptExport {
  const methods = found.getInstanceMethods();
  const handle = methods.find((method) => method.getName() === 'handle');
  const properties = found.getInstanceProperties().map((property) => property.getName());
  const base = found.getExtends()?.getExpression().getText();
  const inherited =
    base === undefined ? undefined : found.getSourceFile().getVariableDeclaration(base)?.getInitializer();
  const parent = base === undefined || depth > 8 ? undefined : (found.getSourceFile().getClass(base) ?? inherited);
  const outer =
    parent && (Node.isClassDeclaration(parent) || Node.isClassExpression(parent))
      ? describeClass('', parent, place, depth + 1)
      : undefined;
  const call = handle ? describeCall(handle) : outer?.call;
  const external = outer ? outer.base : base;
  return {
    name,
    kind: 'class',
    ...place,
    methods: [...methods.map((method) => method.getName()), ...(outer?.methods ?? [])],
    properties: [...properties, ...(outer?.properties ?? [])],
    ...(call && { call }),
    ...(external !== undefined && { base: external }),
  };
}

function describeCall(node: Node): ScriptCall {
  const parameters = Node.isParametered(node) ? node.getParameters() : [];
  const returns = describeReturns(node);
  return {
    required: parameters.filter((parameter) => !parameter.isOptional() && !parameter.isRestParameter()).length,
    returns,
    returnsNothing: returns.every(({ kind }) => kind === 'none') && comesToAnEnd(node),
  };
}

/** False for generators, and for what may throw or loop at its end, as a function that is yet to be written does. */
function comesToAnEnd(node: Node): boolean {
  if (isGenerator(node) || !(Node.isBodied(node) || Node.isBodyable(node))) return false;
  const body = node.getBody();
  if (!Node.isBlock(body)) return false;
  const last = body.getStatements().at(-1);
  return (
    last === undefined || !(Node.isThrowStatement(last) || Node.isIterationStatement(last) || Node.isTryStatement(last))
  );
}

function isGenerator(node: Node): boolean {
  return 'isGenerator' in node && typeof node.isGenerator === 'function' && node.isGenerator() === true;
}

function describeReturns(node: Node): ScriptReturn[] {
  if (isGenerator(node)) return [{ kind: 'generator', ...node.getSourceFile().getLineAndColumnAtPos(node.getStart()) }];
  if (Node.isArrowFunction(node) && !Node.isBlock(node.getBody()))
    return [describeValue(node.getBody(), node.getBody())];
  return node
    .getDescendantsOfKind(SyntaxKind.ReturnStatement)
    .filter(
      (statement) => statement.getFirstAncestor(Node.isFunctionLikeDeclaration) === node || owner(statement) === node,
    )
    .map((statement) => describeValue(statement.getExpression(), statement));
}

const owner = (node: Node): Node | undefined =>
  node.getFirstAncestor(
    (ancestor) =>
      Node.isFunctionLikeDeclaration(ancestor) || Node.isArrowFunction(ancestor) || Node.isFunctionExpression(ancestor),
  );

function describeValue(value: Node | undefined, at: Node): ScriptReturn {
  const { line, column } = at.getSourceFile().getLineAndColumnAtPos(at.getStart());
  const make = (kind: ScriptReturn['kind'], length?: number): ScriptReturn => ({
    kind,
    line,
    column,
    ...(length !== undefined && { length }),
  });
  if (!value || value.getText() === 'undefined' || value.getText() === 'null') return make('none');
  if (Node.isParenthesizedExpression(value) || Node.isAwaitExpression(value))
    return describeValue(value.getExpression(), at);
  if (Node.isArrayLiteralExpression(value)) {
    const elements = value.getElements();
    return make('list', elements.some((element) => Node.isSpreadElement(element)) ? undefined : elements.length);
  }
  if (Node.isObjectLiteralExpression(value)) return make('object');
  if (Node.isStringLiteral(value) || Node.isTemplateExpression(value) || Node.isNoSubstitutionTemplateLiteral(value))
    return make('string');
  if (Node.isNumericLiteral(value) || value.getText() === 'true' || value.getText() === 'false') return make('number');
  return make('unknown');
}
