import type { Machine } from './machine.js';
import { elementsOf } from './values/lists.js';
import { getBy, setBy } from './values/properties.js';
import { literal } from './values/texts.js';
import { text, thingsOf, union } from './values/value-sets.js';
import type { Frame, Site, Value } from './values/values.js';
import { NOTHING, Thing } from './values/values.js';

/** Gives a value to what stands at the left of it: a name, a property, a pattern of both. */
export function assign(m: Machine, target: number, value: Value, frame: Frame): void {
  const { tree } = frame.file;
  const site = { frame, node: target };
  switch (tree.name(target)) {
    case 'VariableName':
    case 'VariableDefinition':
      m.write(m.cellOf(tree.words(target), frame), value);
      return;
    case 'MemberExpression': {
      const [of, key] = memberParts(m, target, frame);
      setBy(m, of, key, value, site);
      return;
    }
    case 'ParenthesizedExpression': {
      const inner = tree.first(target);
      if (inner !== undefined) assign(m, inner, value, frame);
      return;
    }
    case 'ArrayPattern':
    case 'ArrayExpression':
      assignList(m, target, value, frame);
      return;
    case 'ObjectPattern':
      for (const property of tree.children(target)) assignProperty(m, property, value, frame);
      return;
    default:
      return;
  }
}

/** The object of a member expression, and the keys that it is asked for. */
export function memberParts(m: Machine, node: number, frame: Frame): [of: Value, key: Value] {
  const { tree } = frame.file;
  const parts = tree.children(node);
  const [of] = parts;
  const last = parts.at(-1);
  if (of === undefined || last === undefined || last === of) return [NOTHING, NOTHING];
  const isName = /^(PropertyName|PrivatePropertyName)$/.test(tree.name(last));
  const key = isName ? [text(tree.words(last))] : m.evaluate(last, frame);
  return [m.evaluate(of, frame), key];
}

function assignList(m: Machine, pattern: number, value: Value, frame: Frame): void {
  const { tree } = frame.file;
  const site: Site = { frame, node: pattern };
  const all = elementsOf(m, value, site);
  let index = 0;
  const parts = tree.children(pattern);
  for (const [at, part] of parts.entries()) {
    const name = tree.name(part);
    if (name === ',') index += 1;
    if (/^(\[|,|Equals)$/.test(name) || tree.name(parts[at - 1] ?? -1) === 'Equals') continue;
    if (name === 'Spread') {
      const rest = parts[at + 1];
      const list = m.thingAt(site);
      m.write(list.rest, all);
      if (rest !== undefined) assign(m, rest, [list], frame);
      return;
    }
    const [equals, initial] = [parts[at + 1], parts[at + 2]];
    const own = getBy(
      m,
      value.filter(({ kind }) => kind !== 'text'),
      [text(String(index))],
      site,
    );
    const otherwise =
      equals !== undefined && initial !== undefined && tree.name(equals) === 'Equals'
        ? m.evaluate(initial, frame)
        : NOTHING;
    assign(m, part, union(own.length > 0 ? own : all, otherwise), frame);
  }
}

function assignProperty(m: Machine, property: number, value: Value, frame: Frame): void {
  const { tree } = frame.file;
  const parts = tree.children(property);
  const [first, second] = parts;
  if (first === undefined) return;
  const site: Site = { frame, node: property };
  if (tree.name(first) === 'Spread') {
    const rest = thingsOf(value).length > 0 ? m.thingAt(site) : undefined;
    if (rest !== undefined) m.write(rest.links, value);
    if (second !== undefined) assign(m, second, rest === undefined ? value : [rest], frame);
    return;
  }
  const key = keyOf(m, first, second, frame);
  const equals = parts.findIndex((part) => tree.name(part) === 'Equals');
  const initial = equals < 0 ? undefined : parts[equals + 1];
  const own = union(getBy(m, value, key, site), initial === undefined ? NOTHING : m.evaluate(initial, frame));
  // `{ a }` and `{ a = 1 }` bind the name itself, `{ a: b }` and `{ [a]: b }` what stands behind it.
  const behind = tree.name(first) === '[' ? parts[2] : second;
  const target = tree.name(first) === 'VariableDefinition' ? first : behind;
  if (target !== undefined && target !== parts[equals]) assign(m, target, own, frame);
}

/** The keys by which a property is named: a name, a text, or an expression in brackets. */
export function keyOf(m: Machine, first: number, second: number | undefined, frame: Frame): Value {
  const { tree } = frame.file;
  if (tree.name(first) === '[') return second === undefined ? NOTHING : m.evaluate(second, frame);
  if (tree.name(first) === 'String') return [text(literal(tree.words(first)) ?? '')];
  return [text(tree.words(first))];
}

/** A thing with what parameters are called with, as `arguments` is. */
export function argumentsThing(m: Machine, frame: Frame, site: Site): Value {
  const list = m.thingAt(site, () => new Thing(), 'arguments');
  for (const [index, cell] of frame.args.entries()) m.write(list.cell(String(index)), m.read(cell));
  m.write(list.rest, m.read(frame.rest));
  return [list];
}
