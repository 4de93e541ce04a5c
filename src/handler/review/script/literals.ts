import type { Machine } from './machine.js';
import { keyOf } from './patterns.js';
import { define, functionAt } from './values/functions.js';
import { elementsOf } from './values/lists.js';
import { setBy } from './values/properties.js';
import { join } from './values/value-sets.js';
import type { Atom, Frame, Site, Value } from './values/values.js';

/** A list that is written out. */
export function evaluateList(m: Machine, node: number, frame: Frame): Value {
  const { tree } = frame.file;
  const made = m.thingAt({ frame, node });
  let index = 0;
  let isSpread = false;
  let isOpen = false;
  for (const part of tree.children(node)) {
    if (tree.name(part) === '[') continue;
    if (tree.name(part) === 'Spread') {
      isSpread = true;
      continue;
    }
    const value = m.evaluate(part, frame);
    if (isSpread) m.write(made.rest, elementsOf(m, value, { frame, node: part }));
    else if (isOpen || index >= 400) m.write(made.rest, value);
    else m.write(made.cell(String(index)), value);
    isOpen ||= isSpread;
    isSpread = false;
    index += 1;
  }
  return [made];
}

/** An object that is written out. */
export function evaluateObject(m: Machine, node: number, frame: Frame): Value {
  const { tree } = frame.file;
  const made = m.thingAt({ frame, node });
  for (const property of tree.children(node)) {
    const parts = tree.children(property);
    const site: Site = { frame, node: property };
    const at = parts.findIndex((part) => !/^(get|set|Star|static)$/.test(tree.name(part)));
    const [first, second] = [parts[at], parts[at + 1]];
    if (first === undefined) continue;
    if (tree.name(first) === 'Spread') {
      if (second !== undefined) m.write(made.links, linkable(m.evaluate(second, frame)));
      continue;
    }
    const key = keyOf(m, first, second, frame);
    const kind = at > 0 ? tree.name(parts[at - 1] ?? -1) : '';
    if (tree.child(property, 'ParamList') !== undefined) {
      const method = functionAt(m, property, frame);
      const isAccessor = kind === 'get' || kind === 'set';
      define(m, made, key, isAccessor ? [{ kind: 'accessor', of: method, sets: kind === 'set' }] : [method]);
      continue;
    }
    const value = parts[at + (tree.name(first) === '[' ? 2 : 1)];
    if (value !== undefined) {
      if (tree.words(first) === '__proto__') m.write(made.links, linkable(m.evaluate(value, frame)));
      else setBy(m, [made], key, m.evaluate(value, frame), site);
    } else if (tree.name(first) === 'PropertyDefinition')
      m.write(made.cell(tree.words(first)), m.lookUp(tree.words(first), frame));
  }
  return [made];
}

/** What a thing may be linked with. */
function linkable(value: Value): Value {
  const found: Atom[] = [];
  for (const atom of value) if (/^(thing|path|from)$/.test(atom.kind)) join(found, [atom]);
  return found;
}
