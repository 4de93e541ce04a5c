import type { Machine } from './machine.js';
import { keyOf } from './patterns.js';
import { define, functionAt } from './values/functions.js';
import { get, prototypeOf } from './values/properties.js';
import { argumentsTogether, join, path, thingsOf } from './values/value-sets.js';
import type { Arguments, Atom, Frame, Site, Value } from './values/values.js';
import { NOTHING, Thing } from './values/values.js';

const NONE: Arguments = { list: [], rest: NOTHING };

/** A class: its members are looked at, and what runs while it is made is run. */
export function evaluateClass(m: Machine, node: number, frame: Frame): Value {
  const { tree } = frame.file;
  const site: Site = { frame, node };
  const made = m.thingAt(site, () => new Thing({ file: frame.file, node, frame, owner: undefined }, true));
  const name = tree.child(node, 'VariableDefinition');
  if (name !== undefined) m.write(m.cellOf(tree.words(name), frame), [made]);
  const parts = tree.children(node);
  const extending = parts.findIndex((part) => tree.name(part) === 'extends');
  const parent = extending < 0 ? undefined : parts[extending + 1];
  if (parent !== undefined) {
    const parents = m.evaluate(parent, frame).filter(({ kind }) => kind === 'thing' || kind === 'path');
    m.write(made.links, parents);
    m.write(prototypeOf(m, made).links, get(m, parents, 'prototype', site));
  }
  for (const part of parts) if (tree.name(part) === 'Decorator') decorate(m, part, made, frame);
  const body = tree.child(node, 'ClassBody');
  for (const member of body === undefined ? [] : tree.children(body)) addMember(m, member, made, frame);
  return [made];
}

function decorate(m: Machine, node: number, target: Thing, frame: Frame): void {
  const expression = frame.file.tree.children(node).at(-1);
  if (expression === undefined) return;
  m.call(m.evaluate(expression, frame), NOTHING, { list: [[target]], rest: NOTHING }, { frame, node });
}

function addMember(m: Machine, member: number, made: Thing, frame: Frame): void {
  const { tree } = frame.file;
  const kind = tree.name(member);
  const site: Site = { frame, node: member };
  if (!/^(MethodDeclaration|PropertyDeclaration|StaticBlock)$/.test(kind)) return;
  const parts = tree.children(member);
  const at = parts.findIndex((part) =>
    /^(PropertyDefinition|PrivatePropertyDefinition|String|Number|\[)$/.test(tree.name(part)),
  );
  const modifiers = parts.slice(0, Math.max(0, at)).map((part) => tree.name(part));
  const isStatic = kind === 'StaticBlock' || modifiers.includes('static');
  const code = functionAt(m, member, frame, made);
  if (kind === 'StaticBlock') {
    run(m, code, made, site);
    return;
  }
  const first = parts[at];
  if (first === undefined) return;
  const key = keyOf(m, first, parts[at + 1], frame);
  if (kind === 'MethodDeclaration') {
    const isAccessor = modifiers.includes('get') || modifiers.includes('set');
    const value: Atom = isAccessor ? { kind: 'accessor', of: code, sets: modifiers.includes('set') } : code;
    if (!isStatic && tree.words(first) === 'constructor') m.write(made.cell('@@new'), [code]);
    else define(m, isStatic ? made : prototypeOf(m, made), key, [value]);
    return;
  }
  // The initial value of a field is run for the class, or for what is made of it.
  if (!isStatic) m.write(made.cell('@@fields'), [code]);
  else {
    run(m, code, made, site);
    define(m, made, key, m.read(m.enter(codeOf(code), code, site, [made], NONE).returned));
  }
}

function run(m: Machine, code: Thing, self: Thing, site: Site): void {
  m.enter(codeOf(code), code, site, [self], NONE);
}

function codeOf(thing: Thing) {
  if (thing.code === undefined) throw new Error('a member of a class has a place');
  return thing.code;
}

/** What `new` makes of a class or a function: one thing for all of them. */
export function construct(m: Machine, maker: Thing, args: Arguments, site: Site): Value {
  const cell = maker.cell('@@instance');
  const [known] = cell.value;
  const made = known?.kind === 'thing' ? known : new Thing();
  if (known === undefined) m.write(cell, [made]);
  m.write(made.links, [prototypeOf(m, maker)]);
  const returned = initialise(m, maker, [made], args, site);
  return [made, ...thingsOf(returned).filter((one) => one !== made)];
}

/** What a constructor does to what it makes; that of the class above where it has none itself. */
export function initialise(
  m: Machine,
  maker: Thing,
  self: Value,
  args: Arguments,
  site: Site,
  seen = new Set<Thing>(),
): Value {
  // A class may stand for several, each of which is derived from each of the others: every one is gone through once.
  if (seen.has(maker)) return NOTHING;
  seen.add(maker);
  if (!maker.isClass) {
    return maker.code === undefined ? NOTHING : m.read(m.enter(maker.code, maker, site, self, args).returned);
  }
  for (const field of thingsOf(m.read(maker.cell('@@fields')))) {
    const frame = m.enter(codeOf(field), field, site, self, NONE);
    const { tree } = frame.file;
    const parts = tree.children(frame.node);
    const at = parts.findIndex((part) =>
      /^(PropertyDefinition|PrivatePropertyDefinition|String|Number|\[)$/.test(tree.name(part)),
    );
    const first = parts[at];
    const outer = frame.parent;
    if (first === undefined || outer === undefined) continue;
    const key = keyOf(m, first, parts[at + 1], outer);
    for (const thing of thingsOf(self)) define(m, thing, key, m.read(frame.returned));
  }
  const own = thingsOf(m.read(maker.cell('@@new')));
  const found: Atom[] = [];
  for (const one of own) join(found, m.read(m.enter(codeOf(one), one, site, self, args).returned));
  return own.length > 0 ? found : initialiseParents(m, maker, self, args, site, seen);
}

/** `super(…)`. */
export function initialiseParents(
  m: Machine,
  maker: Thing,
  self: Value,
  args: Arguments,
  site: Site,
  seen = new Set<Thing>(),
): Value {
  const found: Atom[] = [];
  for (const parent of m.read(maker.links)) {
    if (parent.kind === 'thing') join(found, initialise(m, parent, self, args, site, seen));
    if (parent.kind !== 'path') continue;
    m.call([parent], self, args, site, true);
    for (const thing of thingsOf(self))
      m.write(thing.links, [
        path(`${parent.path}()`),
        ...argumentsTogether(args).filter(({ kind }) => kind === 'from'),
      ]);
  }
  return found;
}
