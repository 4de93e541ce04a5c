import type { SyntaxNode } from '@lezer/common';
import type { PythonFunction, PythonParameter, PythonReturn } from './python-module.js';
import { children, contains, isScope, type PythonFault, type PythonSource, walk } from './syntax.js';

/** Describes a FunctionDefinition node. */
export function describeFunction(
  node: SyntaxNode,
  source: PythonSource,
  decorators: readonly string[],
): PythonFunction {
  const text = (part: SyntaxNode) => source.text.slice(part.from, part.to);
  const name = node.getChild('VariableName');
  const body = node.getChild('Body');
  const parameters = describeParameters(node.getChild('ParamList'), text);
  const { line, column } = source.faultAt(name?.from ?? node.from, '');
  return {
    name: name ? text(name) : '',
    line,
    column,
    decorators,
    isAsync: node.getChild('async') !== null,
    isGenerator: body !== null && contains(body, (part) => /^Yield/.test(part.name)),
    parameters,
    returns: body ? describeReturns(body, source) : [],
    alwaysFails: body
      ? unconditionalFailure(body, source, parameters[0]?.name === 'self' ? undefined : dataParameter(parameters))
      : undefined,
    usesNone: body ? useBeforeCheck(body, dataParameter(parameters), source) : undefined,
  };
}

function describeParameters(list: SyntaxNode | null, text: (node: SyntaxNode) => string): PythonParameter[] {
  const found: PythonParameter[] = [];
  let star = '';
  let keywordOnly = false;
  for (const part of list ? children(list) : []) {
    if (part.name === '*' || part.name === '**') star = part.name;
    else if (part.name === 'VariableName' && !isDefault(part)) {
      const kind = star === '**' ? 'kwargs' : star === '*' ? 'args' : keywordOnly ? 'keyword' : 'positional';
      found.push({ name: text(part), kind, hasDefault: hasDefault(part) });
      if (star === '*') keywordOnly = true;
      star = '';
    } else if (part.name === ',' && star === '*') {
      keywordOnly = true;
      star = '';
    }
  }
  return found;
}

const isDefault = (node: SyntaxNode): boolean => node.prevSibling?.name === 'AssignOp';

function hasDefault(node: SyntaxNode): boolean {
  const next = node.nextSibling?.name === 'TypeDef' ? node.nextSibling.nextSibling : node.nextSibling;
  return next?.name === 'AssignOp';
}

function dataParameter(parameters: readonly PythonParameter[]): string | undefined {
  return parameters.find((parameter) => parameter.kind === 'positional' && parameter.name !== 'self')?.name;
}

const VALUE_KINDS: Readonly<Record<string, PythonReturn['kind']>> = {
  ArrayExpression: 'list',
  ArrayComprehensionExpression: 'list',
  DictionaryExpression: 'dict',
  DictionaryComprehensionExpression: 'dict',
  SetExpression: 'set',
  SetComprehensionExpression: 'set',
  String: 'string',
  FormatString: 'string',
  ContinuedString: 'string',
  Number: 'number',
  Boolean: 'number',
  None: 'none',
  TupleExpression: 'tuple',
};

function describeReturns(body: SyntaxNode, source: PythonSource): PythonReturn[] {
  const found: PythonReturn[] = [];
  walk(body, (node) => {
    if (node !== body && isScope(node)) return false;
    if (node.name !== 'ReturnStatement') return undefined;
    const values = children(node).slice(1);
    const value = values[0];
    const { line, column } = source.faultAt(node.from, '');
    const kind = values.length > 1 ? 'tuple' : value ? (VALUE_KINDS[value.name] ?? 'unknown') : 'none';
    const length = value?.name === 'ArrayExpression' ? elementCount(value) : undefined;
    found.push({ kind, line, column, ...(length !== undefined && { length }) });
    return false;
  });
  return found;
}

function elementCount(list: SyntaxNode): number | undefined {
  const parts = children(list).filter((part) => !/^[[\],]$/.test(part.name) && part.name !== 'Comment');
  return parts.some((part) => part.name === '*') ? undefined : parts.length;
}

const leaves = (node: SyntaxNode): boolean => /^(ReturnStatement|Yield|TryStatement)/.test(node.name);

/** The `raise` or exit in a block that nothing before it can avoid; `none` names a parameter that is known to be None. */
export function unconditionalFailure(block: SyntaxNode, source: PythonSource, none?: string): PythonFault | undefined {
  for (const statement of children(block)) {
    const words = source.text.slice(statement.from, statement.to);
    if (statement.name === 'RaiseStatement') return source.faultAt(statement.from, firstLine(words));
    if (statement.name === 'ExpressionStatement' && /^(sys\.exit|os\._exit|exit|quit)\s*\(/.test(words))
      return source.faultAt(statement.from, firstLine(words));
    if (none !== undefined && new RegExp(`^if\\s+(not\\s+${none}|${none}\\s+is\\s+None)\\s*:`).test(words)) {
      const branch = statement.getChild('Body');
      return branch ? unconditionalFailure(branch, source) : undefined;
    }
    if (!isScope(statement) && contains(statement, leaves)) return undefined;
  }
  return undefined;
}

const firstLine = (words: string): string => words.split('\n', 1)[0] ?? '';

/**
 * Where a parameter is indexed, iterated or measured although it may be None: only straight statements at the start of
 * the body count, and only while no condition, `try` or reassignment came first.
 */
function useBeforeCheck(body: SyntaxNode, name: string | undefined, source: PythonSource): PythonFault | undefined {
  if (name === undefined) return undefined;
  const isName = (node: SyntaxNode | null) =>
    node?.name === 'VariableName' && source.text.slice(node.from, node.to) === name;
  const guards = (node: SyntaxNode) =>
    /^(ConditionalExpression|TryStatement|ReturnStatement|RaiseStatement|LambdaExpression)$/.test(node.name) ||
    node.name === 'and' ||
    node.name === 'or';
  for (const statement of children(body)) {
    const header = statement.name === 'ForStatement' ? children(statement) : [statement];
    if (
      /^(IfStatement|WhileStatement|TryStatement|WithStatement|FunctionDefinition|ClassDefinition)$/.test(
        statement.name,
      )
    )
      return undefined;
    const assigned = statement.name === 'AssignStatement' && isName(statement.firstChild);
    const own = statement.name === 'ReturnStatement' ? children(statement).slice(1) : header;
    let fault: PythonFault | undefined;
    for (const part of own) {
      if (part.name === 'Body' || contains(part, guards)) break;
      const iterated = statement.name === 'ForStatement' && part.prevSibling?.name === 'in' && isName(part);
      walk(part, (node) => {
        if (fault !== undefined || isScope(node)) return false;
        const used =
          (node.name === 'MemberExpression' && isName(node.firstChild)) ||
          (/Comprehension/.test(node.name) &&
            children(node).some((child) => child.name === 'in' && isName(child.nextSibling))) ||
          (node.name === 'CallExpression' && measured(node));
        if (used || iterated) fault = source.faultAt(node.from, source.text.slice(node.from, node.to));
        return undefined;
      });
    }
    if (fault !== undefined) return fault;
    if (assigned || statement.name === 'ForStatement' || contains(statement, guards)) return undefined;
  }
  return undefined;

  function measured(call: SyntaxNode): boolean {
    const callee = call.firstChild;
    const first = call.getChild('ArgList')?.firstChild?.nextSibling ?? null;
    return (
      callee !== null &&
      /^(len|enumerate|iter|list|sorted|zip)$/.test(source.text.slice(callee.from, callee.to)) &&
      isName(first)
    );
  }
}
