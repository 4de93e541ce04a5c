import { argumentsOf, callExpression, callMethod } from './calls/call-expressions.js';
import { evaluateClass } from './classes.js';
import { evaluateList, evaluateObject } from './literals.js';
import type { Machine } from './machine.js';
import { argumentsThing, assign, memberParts } from './patterns.js';
import { functionAt, ownerOf, selfOf } from './values/functions.js';
import { elementsOf } from './values/lists.js';
import { awaited } from './values/promises.js';
import { getBy } from './values/properties.js';
import { asText, joined, literal, unescaped } from './values/texts.js';
import { from, path, text, union } from './values/value-sets.js';
import type { Frame, Site, Value } from './values/values.js';
import { NOTHING } from './values/values.js';

/** What an expression may be. */
export function evaluateExpression(m: Machine, node: number, frame: Frame): Value {
  const { tree } = frame.file;
  const site: Site = { frame, node };
  const first = tree.first(node);
  const inner = (): Value => (first === undefined ? NOTHING : m.evaluate(first, frame));
  switch (tree.name(node)) {
    case 'VariableName':
      return named(m, node, frame);
    case 'Number':
      return [text(String(Number(tree.words(node).replaceAll('_', ''))))];
    case 'String': {
      const content = literal(tree.words(node));
      // What is too long to be a name or a command is data.
      return content === undefined ? [from('pieced')] : [text(content)];
    }
    case 'TemplateString':
      return template(m, node, frame);
    case 'this':
      return selfOf(m, frame);
    case 'super':
      return superOf(m, frame);
    case 'MemberExpression': {
      const [of, key] = memberParts(m, node, frame);
      return getBy(m, of, key, site);
    }
    case 'CallExpression':
      return callExpression(m, node, frame);
    case 'NewExpression': {
      const list = tree.child(node, 'ArgList');
      const args = argumentsOf(m, list, frame);
      return m.call(inner(), NOTHING, args, site, true);
    }
    case 'TaggedTemplateExpression':
      return tagged(m, node, frame);
    case 'DynamicImport':
      return first === undefined
        ? NOTHING
        : awaited(m, m.call([path('import')], NOTHING, { list: [inner()], rest: NOTHING }, site), site);
    case 'ImportMeta':
      return [path('import.meta')];
    case 'ParenthesizedExpression':
      return inner();
    case 'SequenceExpression': {
      let last: Value = NOTHING;
      for (const part of tree.children(node)) last = m.evaluate(part, frame);
      return last;
    }
    case 'ConditionalExpression': {
      const [condition, one, other] = tree.children(node).filter((part) => tree.name(part) !== 'LogicOp');
      if (condition === undefined || one === undefined || other === undefined) return NOTHING;
      m.evaluate(condition, frame);
      return union(m.evaluate(one, frame), m.evaluate(other, frame));
    }
    case 'BinaryExpression':
      return binary(m, node, frame);
    case 'UnaryExpression':
      asText(m, unaryValue(m, node, frame), site);
      return NOTHING;
    case 'AwaitExpression':
      return awaited(m, unaryValue(m, node, frame), site);
    case 'YieldExpression': {
      // A generator is looked at as a function that returns what it yields.
      const value = unaryValue(m, node, frame);
      m.write(ownerOf(frame).returned, tree.child(node, 'Star') === undefined ? value : elementsOf(m, value, site));
      return NOTHING;
    }
    case 'PostfixExpression':
      inner();
      return NOTHING;
    case 'AssignmentExpression':
      return assignment(m, node, frame);
    case 'ArrayExpression':
      return evaluateList(m, node, frame);
    case 'ObjectExpression':
      return evaluateObject(m, node, frame);
    case 'ClassExpression':
      return evaluateClass(m, node, frame);
    case 'FunctionExpression':
    case 'ArrowFunction':
      return [functionAt(m, node, frame)];
    default:
      return NOTHING;
  }
}

function named(m: Machine, node: number, frame: Frame): Value {
  const name = frame.file.tree.words(node);
  if (name === 'undefined') return NOTHING;
  return name === 'arguments'
    ? argumentsThing(m, ownerOf(frame), { frame: ownerOf(frame), node: ownerOf(frame).node })
    : m.lookUp(name, frame);
}

/** What `super` is asked: the prototypes, and what the class itself is derived from. */
function superOf(m: Machine, frame: Frame): Value {
  const { owner } = ownerOf(frame);
  if (owner === undefined) return NOTHING;
  const parents = m.read(owner.links);
  return union(parents, getBy(m, parents, [text('prototype')], { frame, node: frame.node }));
}

function template(m: Machine, node: number, frame: Frame): Value {
  const { tree } = frame.file;
  const pieces: Value[] = [];
  let at = tree.from(node) + 1;
  const add = (end: number): void => {
    if (end > at && end - at < 20_000) pieces.push([text(unescaped(tree.text.slice(at, end)))]);
  };
  for (const part of tree.children(node)) {
    add(tree.from(part));
    const inside = tree.first(part);
    pieces.push(inside === undefined ? NOTHING : m.evaluate(inside, frame));
    at = tree.to(part);
  }
  add(tree.to(node) - 1);
  return pieces.length === 0 ? [text('')] : joined(m, pieces, { frame, node });
}

function tagged(m: Machine, node: number, frame: Frame): Value {
  const { tree } = frame.file;
  const [tag, quoted] = tree.children(node);
  if (tag === undefined || quoted === undefined) return NOTHING;
  const holes = tree.children(quoted).map((part) => {
    const inside = tree.first(part);
    return inside === undefined ? NOTHING : m.evaluate(inside, frame);
  });
  const site: Site = { frame, node };
  const strings = m.thingAt({ frame, node: quoted });
  const content = template(m, quoted, frame);
  m.write(strings.cell('0'), content);
  m.write(strings.cell('raw'), [strings]);
  const args = { list: [[strings], ...holes], rest: NOTHING };
  if (tree.name(tag) !== 'MemberExpression') return m.call(m.evaluate(tag, frame), NOTHING, args, site);
  const [of, key] = memberParts(m, tag, frame);
  return callMethod(m, of, key, args, site);
}

/** Sums are as deep as they are long, so that they are gone through from their left end. */
function binary(m: Machine, node: number, frame: Frame): Value {
  const { tree } = frame.file;
  const open: number[] = [];
  let left: number | undefined = node;
  while (left !== undefined && tree.name(left) === 'BinaryExpression') {
    open.push(left);
    left = tree.first(left);
  }
  let value = left === undefined ? NOTHING : m.evaluate(left, frame);
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const [, sign, right] = tree.children(one);
    const site: Site = { frame, node: one };
    const other = right === undefined ? NOTHING : m.evaluate(right, frame);
    const operator = sign === undefined ? '' : tree.words(sign);
    if (operator === '+') value = joined(m, [value, other], site);
    else if (/^(\|\||&&|\?\?)$/.test(operator)) value = union(value, other);
    else {
      if (operator === 'instanceof')
        callMethod(m, other, [path('Symbol.hasInstance')], { list: [value], rest: NOTHING }, site);
      else if (!/^[!=]==$|^in$/.test(operator)) for (const side of [value, other]) asText(m, side, site);
      const isNumber = /^([-*/%^|&]|<<|>>>?)$/.test(operator) && value.some(({ kind }) => kind === 'text');
      value = isNumber ? [from('pieced')] : NOTHING;
    }
  }
  return value;
}

/** What stands behind a sign or a word; text is asked for by signs only. */
function unaryValue(m: Machine, node: number, frame: Frame): Value {
  const { tree } = frame.file;
  const parts = tree.children(node);
  const last = parts.at(-1);
  const [sign] = parts;
  if (last === undefined || sign === undefined || last === sign) return NOTHING;
  const value = m.evaluate(last, frame);
  return /^(typeof|void|delete|!)$/.test(tree.words(sign)) ? NOTHING : value;
}

function assignment(m: Machine, node: number, frame: Frame): Value {
  const { tree } = frame.file;
  const [target, sign, right] = tree.children(node);
  if (target === undefined || sign === undefined || right === undefined) return NOTHING;
  let value = m.evaluate(right, frame);
  if (tree.words(sign) === '+=') value = joined(m, [m.evaluate(target, frame), value], { frame, node });
  else if (/^(\|\||&&|\?\?)=$/.test(tree.words(sign))) {
    assign(m, target, value, frame);
    return union(m.evaluate(target, frame), value);
  } else if (tree.name(sign) !== 'Equals') return NOTHING;
  assign(m, target, value, frame);
  return value;
}
