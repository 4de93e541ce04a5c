import type {
  AnyNode,
  BinaryExpression,
  CallExpression,
  Expression,
  LogicalExpression,
  MemberExpression,
  NewExpression,
  SpreadElement,
  TaggedTemplateExpression,
  TemplateLiteral,
} from 'acorn';
import { KIND, kindOfSign } from './kinds.js';
import { writeArrow, writeClass, writeFunction, writeProperty } from './write-functions.js';
import { inside, literal, name, token, type Writer } from './writer.js';

/** What begins with an expression of its own, and is as deep as it is long: `a.b.c`, `a + b + c`. */
type Leaning = MemberExpression | CallExpression | BinaryExpression | LogicalExpression | TaggedTemplateExpression;

const KIND_OF = {
  MemberExpression: KIND.MemberExpression,
  CallExpression: KIND.CallExpression,
  BinaryExpression: KIND.BinaryExpression,
  LogicalExpression: KIND.BinaryExpression,
  TaggedTemplateExpression: KIND.TaggedTemplateExpression,
} as const;

/** An expression, gone through from its left end. */
export function writeExpression(w: Writer, start: AnyNode): void {
  const open: { readonly node: Leaning; readonly at: number }[] = [];
  let node: AnyNode = start;
  for (;;) {
    if (node.type === 'ChainExpression') {
      node = node.expression;
      continue;
    }
    const left = leftOf(node);
    if (left === undefined) break;
    open.push({ node: left.of, at: w.records.open(KIND_OF[left.of.type], node.start, node.end) });
    node = left.inner;
  }
  writeUpright(w, node);
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    writeRight(w, one.node);
    w.records.close(one.at);
  }
}

function leftOf(node: AnyNode): { of: Leaning; inner: AnyNode } | undefined {
  switch (node.type) {
    case 'MemberExpression':
      return { of: node, inner: node.object };
    case 'CallExpression':
      return { of: node, inner: node.callee };
    case 'BinaryExpression':
    case 'LogicalExpression':
      return { of: node, inner: node.left };
    case 'TaggedTemplateExpression':
      return { of: node, inner: node.tag };
    default:
      return undefined;
  }
}

function writeRight(w: Writer, node: Leaning): void {
  switch (node.type) {
    case 'MemberExpression':
      writeMember(w, node);
      return;
    case 'CallExpression':
      writeArguments(w, node);
      return;
    case 'TaggedTemplateExpression':
      writeTemplate(w, node.quasi);
      return;
    default:
      token(w, kindOfSign(node.operator), w.skip(node.left.end), node.operator.length);
      w.expression(node.right);
  }
}

function writeMember(w: Writer, { object, property, computed }: MemberExpression): void {
  if (computed) {
    const at = w.skip(object.end);
    token(w, KIND['['], w.text[at] === '?' ? w.skip(at + 2) : at, 1);
    w.expression(property);
  } else if (property.type === 'Identifier') name(w, KIND.PropertyName, property);
  else if (property.type === 'PrivateIdentifier') name(w, KIND.PrivatePropertyName, property);
}

/** What a call is made with; `new A` is made with nothing. */
function writeArguments(w: Writer, node: CallExpression | NewExpression): void {
  let start = w.skip(node.callee.end);
  if (start >= node.end) return;
  if (w.text[start] === '?') start = w.skip(start + 2);
  inside(w, KIND.ArgList, { start, end: node.end }, () => writeAll(w, node.arguments));
}

function writeAll(w: Writer, list: readonly (Expression | SpreadElement | null)[]): void {
  for (const one of list) {
    if (one?.type === 'SpreadElement') writeSpread(w, one);
    else if (one !== null) w.expression(one);
  }
}

function writeSpread(w: Writer, { start, argument }: SpreadElement): void {
  token(w, KIND.Spread, start, 3);
  w.expression(argument);
}

function writeTemplate(w: Writer, node: TemplateLiteral): void {
  inside(w, KIND.TemplateString, node, () => {
    for (const [index, one] of node.expressions.entries()) {
      const start = node.quasis[index]?.end ?? one.start;
      const end = node.quasis[index + 1]?.start ?? one.end;
      inside(w, KIND.Interpolation, { start, end }, () => w.expression(one));
    }
  });
}

function writeUpright(w: Writer, node: AnyNode): void {
  switch (node.type) {
    case 'Identifier':
      name(w, KIND.VariableName, node);
      return;
    case 'PrivateIdentifier':
      name(w, KIND.PrivatePropertyName, node);
      return;
    case 'Literal':
      literal(w, node);
      return;
    case 'ThisExpression':
      token(w, KIND.this, node.start, 4);
      return;
    case 'Super':
      token(w, KIND.super, node.start, 5);
      return;
    case 'TemplateLiteral':
      writeTemplate(w, node);
      return;
    case 'ArrayExpression':
      inside(w, KIND.ArrayExpression, node, () => {
        token(w, KIND['['], node.start, 1);
        writeAll(w, node.elements);
      });
      return;
    case 'ObjectExpression':
      inside(w, KIND.ObjectExpression, node, () => {
        for (const one of node.properties)
          if (one.type === 'Property') writeProperty(w, one);
          else inside(w, KIND.Property, one, () => writeSpread(w, one));
      });
      return;
    case 'FunctionExpression':
      writeFunction(w, node);
      return;
    case 'ArrowFunctionExpression':
      writeArrow(w, node);
      return;
    case 'ClassExpression':
      writeClass(w, node);
      return;
    case 'ParenthesizedExpression':
      inside(w, KIND.ParenthesizedExpression, node, () => w.expression(node.expression));
      return;
    case 'SequenceExpression':
      inside(w, KIND.SequenceExpression, node, () => writeAll(w, node.expressions));
      return;
    case 'NewExpression':
      inside(w, KIND.NewExpression, node, () => {
        w.expression(node.callee);
        writeArguments(w, node);
      });
      return;
    case 'ImportExpression':
      inside(w, KIND.DynamicImport, node, () => {
        w.expression(node.source);
        if (node.options) w.expression(node.options);
      });
      return;
    case 'MetaProperty':
      inside(w, node.meta.name === 'new' ? KIND.NewTarget : KIND.ImportMeta, node, () =>
        name(w, KIND.PropertyName, node.property),
      );
      return;
    default:
      writeOperation(w, node);
  }
}

/** What is done to values, by signs and words. */
function writeOperation(w: Writer, node: AnyNode): void {
  switch (node.type) {
    case 'UnaryExpression':
      inside(w, KIND.UnaryExpression, node, () => {
        token(w, kindOfSign(node.operator), node.start, node.operator.length);
        w.expression(node.argument);
      });
      return;
    case 'UpdateExpression':
      inside(w, node.prefix ? KIND.UnaryExpression : KIND.PostfixExpression, node, () => {
        if (node.prefix) token(w, KIND.ArithOp, node.start, 2);
        w.expression(node.argument);
        if (!node.prefix) token(w, KIND.ArithOp, node.end - 2, 2);
      });
      return;
    case 'AwaitExpression':
      inside(w, KIND.AwaitExpression, node, () => {
        token(w, KIND.await, node.start, 5);
        w.expression(node.argument);
      });
      return;
    case 'YieldExpression': {
      const { argument } = node;
      if (!argument) {
        token(w, KIND.VariableName, node.start, 5);
        return;
      }
      inside(w, KIND.YieldExpression, node, () => {
        token(w, KIND.yield, node.start, 5);
        if (node.delegate) token(w, KIND.Star, w.skip(node.start + 5), 1);
        w.expression(argument);
      });
      return;
    }
    case 'AssignmentExpression':
      inside(w, KIND.AssignmentExpression, node, () => {
        if (/Pattern$/.test(node.left.type)) w.pattern(node.left);
        else w.expression(node.left);
        const kind = node.operator === '=' ? KIND.Equals : KIND.UpdateOp;
        token(w, kind, w.skip(node.left.end), node.operator.length);
        w.expression(node.right);
      });
      return;
    case 'ConditionalExpression':
      inside(w, KIND.ConditionalExpression, node, () => {
        w.expression(node.test);
        token(w, KIND.LogicOp, w.skip(node.test.end), 1);
        w.expression(node.consequent);
        token(w, KIND.LogicOp, w.skip(node.consequent.end), 1);
        w.expression(node.alternate);
      });
      return;
    default:
      throw new Error(`the parser brought what is not known here: ${node.type}`);
  }
}
