import type {
  AnonymousClassDeclaration,
  AnonymousFunctionDeclaration,
  ArrowFunctionExpression,
  ClassDeclaration,
  ClassExpression,
  Expression,
  FunctionDeclaration,
  FunctionExpression,
  MethodDefinition,
  Pattern,
  PrivateIdentifier,
  Property,
  PropertyDefinition,
  StaticBlock,
} from 'acorn';
import { KIND } from './kinds.js';
import { inside, literal, name, token, type Writer } from './writer.js';

/** `function` and what follows it. */
export function writeFunction(
  w: Writer,
  node: FunctionDeclaration | AnonymousFunctionDeclaration | FunctionExpression,
): void {
  const kind = node.type === 'FunctionDeclaration' ? KIND.FunctionDeclaration : KIND.FunctionExpression;
  inside(w, kind, node, () => {
    let at = w.skip((node.async ? w.skip(node.start + 'async'.length) : node.start) + 'function'.length);
    if (node.generator) {
      token(w, KIND.Star, at, 1);
      at = w.skip(at + 1);
    }
    if (node.id) {
      name(w, KIND.VariableDefinition, node.id);
      at = w.skip(node.id.end);
    }
    parameters(w, at, node.params);
    w.statement(node.body);
  });
}

/** What a function is called with, from its bracket on; returns the place behind. */
function parameters(w: Writer, from: number, list: readonly Pattern[]): number {
  const at = w.records.open(KIND.ParamList, from, from);
  for (const one of list) w.pattern(one);
  const last = w.skip(list.at(-1)?.end ?? from + 1);
  const to = (w.text[last] === ',' ? w.skip(last + 1) : last) + 1;
  w.records.endAt(at, to);
  w.records.close(at);
  return to;
}

/** `a => b`. */
export function writeArrow(w: Writer, node: ArrowFunctionExpression): void {
  inside(w, KIND.ArrowFunction, node, () => {
    const from = node.async ? w.skip(node.start + 'async'.length) : node.start;
    let to = 0;
    const [only] = node.params;
    if (w.text[from] === '(' || only === undefined) to = parameters(w, from, node.params);
    else {
      inside(w, KIND.ParamList, only, () => w.pattern(only));
      to = only.end;
    }
    token(w, KIND.Arrow, w.skip(to), 2);
    if (node.body.type === 'BlockStatement') w.statement(node.body);
    else w.expression(node.body);
  });
}

/** One of the properties of an object that is written out. */
export function writeProperty(w: Writer, node: Property): void {
  inside(w, KIND.Property, node, () => {
    const { value } = node;
    const method = (node.method || node.kind !== 'init') && value.type === 'FunctionExpression' ? value : undefined;
    const kind = node.kind === 'init' ? 'method' : node.kind;
    const at = method === undefined ? node.start : modifiers(w, node.start, kind, method);
    writeKey(w, at, node.key, node.computed, KIND.PropertyDefinition);
    if (method !== undefined) writeMethod(w, method);
    else if (!node.shorthand) w.expression(value);
  });
}

/** What stands in front of the name of a method; returns the place of the name. */
function modifiers(w: Writer, start: number, kind: MethodDefinition['kind'], method: FunctionExpression): number {
  let at = start;
  if (kind === 'get' || kind === 'set') {
    token(w, KIND[kind], at, 3);
    return w.skip(at + 3);
  }
  if (method.async) at = w.skip(at + 'async'.length);
  if (!method.generator) return at;
  token(w, KIND.Star, at, 1);
  return w.skip(at + 1);
}

/** A method begins with its bracket in acorn's tree. */
function writeMethod(w: Writer, { start, params, body }: FunctionExpression): void {
  parameters(w, start, params);
  w.statement(body);
}

/** The name of a property: a name, a literal, or an expression in brackets. */
export function writeKey(
  w: Writer,
  at: number,
  key: Expression | PrivateIdentifier,
  isComputed: boolean,
  kind: number,
): void {
  if (isComputed) {
    token(w, KIND['['], at, 1);
    w.expression(key);
  } else if (key.type === 'Identifier') name(w, kind, key);
  else if (key.type === 'PrivateIdentifier') name(w, KIND.PrivatePropertyDefinition, key);
  else if (key.type === 'Literal') literal(w, key);
}

/** `class` and what follows it. */
export function writeClass(w: Writer, node: ClassDeclaration | AnonymousClassDeclaration | ClassExpression): void {
  inside(w, node.type === 'ClassDeclaration' ? KIND.ClassDeclaration : KIND.ClassExpression, node, () => {
    if (node.id) name(w, KIND.VariableDefinition, node.id);
    if (node.superClass) {
      token(w, KIND.extends, w.skip(node.id?.end ?? node.start + 'class'.length), 'extends'.length);
      w.expression(node.superClass);
    }
    inside(w, KIND.ClassBody, node.body, () => {
      for (const member of node.body.body) writeMember(w, member);
    });
  });
}

function writeMember(w: Writer, node: MethodDefinition | PropertyDefinition | StaticBlock): void {
  if (node.type === 'StaticBlock') {
    inside(w, KIND.StaticBlock, node, () => {
      token(w, KIND.static, node.start, 'static'.length);
      const start = w.skip(node.start + 'static'.length);
      inside(w, KIND.Block, { start, end: node.end }, () => {
        for (const one of node.body) w.statement(one);
      });
    });
    return;
  }
  const kind = node.type === 'MethodDefinition' ? KIND.MethodDeclaration : KIND.PropertyDeclaration;
  inside(w, kind, node, () => {
    let at = node.start;
    if (node.static) {
      token(w, KIND.static, at, 'static'.length);
      at = w.skip(at + 'static'.length);
    }
    if (node.type === 'MethodDefinition') at = modifiers(w, at, node.kind, node.value);
    writeKey(w, at, node.key, node.computed, KIND.PropertyDefinition);
    if (node.type === 'MethodDefinition') writeMethod(w, node.value);
    else if (node.value) {
      const behind = w.skip(node.key.end);
      token(w, KIND.Equals, node.computed ? w.skip(behind + 1) : behind, 1);
      w.expression(node.value);
    }
  });
}
