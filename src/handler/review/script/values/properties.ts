import { posix } from 'node:path';
import { isWorth, memberOf } from '../calls/node-paths.js';
import type { Machine } from '../machine.js';
import { HOME, MODEL, TEMPORARY } from '../module-paths.js';
import { from, join, path, text, textsOf, union } from './value-sets.js';
import type { Atom, Keys, Path, Site, Value } from './values.js';
import { NOTHING, Thing } from './values.js';

/** So many prototypes and copies are followed. */
const MOST_LINKED = 32;

/** The keys that a value may stand for; undefined for one that is not known. */
export function keysOf(value: Value): (string | undefined)[] {
  const found: (string | undefined)[] = textsOf(value);
  for (const atom of value) if (atom.kind === 'path') found.push(symbolOf(atom.path));
  return found.length === 0 ? [undefined] : [...new Set(found)];
}

/** A symbol as a key: `Symbol.iterator` is `@@iterator`. */
function symbolOf(way: string): string | undefined {
  const [, name] = /^Symbol\.(\w+)$/.exec(way) ?? [];
  if (name !== undefined) return `@@${name}`;
  return /inspect\.custom$/.test(way) ? '@@inspect' : undefined;
}

/** What lies in a value under the keys that another stands for. */
export function getBy(m: Machine, of: Value, keys: Value, site: Site): Value {
  const loops = keys.filter((atom): atom is Keys => atom.kind === 'keys');
  if (loops.length > 0) {
    const found: Atom[] = [];
    for (const atom of of)
      if (loops.some((loop) => loop.of === atom || isSamePath(loop.of, atom)))
        found.push({ kind: 'each', of: atom.kind === 'path' || atom.kind === 'thing' ? atom : path('?') });
    if (found.length > 0) return found;
    return get(m, of, undefined, site);
  }
  return union(...keysOf(keys).map((key) => get(m, of, key, site)));
}

const isSamePath = (one: Thing | Path, other: Atom): boolean =>
  one.kind === 'path' && other.kind === 'path' && one.path === other.path;

/** What lies in a value under a key; under any of its keys where the key is not known. */
export function get(m: Machine, of: Value, key: string | undefined, site: Site): Value {
  const found: Atom[] = [];
  for (const atom of expand(m, of, site)) {
    if (atom.kind === 'thing') join(found, ofThing(m, atom, key, [atom], site));
    else if (atom.kind === 'path') {
      if (/^(apply|call|bind)$/.test(key ?? '') && !/^(Reflect|Function\.prototype)$/.test(atom.path)) continue;
      join(found, ofWay(memberOf(atom.path, key ?? '?'), site));
      if (atom.path === 'globalThis' && key !== undefined) join(found, m.read(m.global(key)));
    } else if (atom.kind === 'from') join(found, [atom]);
    else if (atom.kind === 'text') join(found, ofText(atom.text, key));
  }
  if (key === 'constructor' && found.length === 0) return [path('?.constructor')];
  return found;
}

/** What lies there, where that is known: the environment, and where a script lies. */
function ofWay(way: string, site: Site): Value {
  if (/^process\.env\.(HOME|USERPROFILE|HOMEPATH|APPDATA|LOCALAPPDATA)$|^os\.userInfo\(\)\.homedir$/.test(way))
    return [text(HOME), from('private')];
  if (/^process\.env\.(TMPDIR|TEMP|TMP)$/.test(way)) return [text(TEMPORARY)];
  if (/^process\.env\./.test(way)) return [from('private')];
  if (way === 'process.execPath') return [text('/usr/bin/node')];
  const file = `${MODEL}/${site.frame.file.path}`;
  if (/^import\.meta\.(url|filename)$/.test(way)) return [text(file)];
  if (way === 'import.meta.dirname') return [text(posix.dirname(file))];
  return isWorth(way) ? [path(way)] : NOTHING;
}

function ofText(content: string, key: string | undefined): Value {
  if (key === 'constructor') return [path('?.constructor')];
  const index = key === undefined ? Number.NaN : Number(key);
  const letter = content[index];
  return letter === undefined ? NOTHING : [text(letter), from('pieced')];
}

function ofThing(
  m: Machine,
  thing: Thing,
  key: string | undefined,
  self: Value,
  site: Site,
  seen: Set<Thing> = new Set(),
): Value {
  if (seen.size > MOST_LINKED || seen.has(thing)) return NOTHING;
  seen.add(thing);
  if (key === '__proto__') return m.read(thing.links);
  if (key === 'prototype' && thing.code !== undefined) return [prototypeOf(m, thing)];
  const own: Atom[] = [];
  join(own, resolved(m, m.read(key === undefined ? thing.all : thing.cell(key)), self, site));
  // What lies in a list is not what goes through it.
  if (key !== undefined && !/^@@(asyncI|i)terator$/.test(key)) join(own, resolved(m, m.read(thing.rest), self, site));
  if (own.length > 0 && key !== undefined) return own;
  for (const link of m.read(thing.links)) {
    if (link === thing) continue;
    if (link.kind === 'thing') join(own, ofThing(m, link, key, self, site, seen));
    else if (link.kind === 'path' && !link.path.endsWith('.prototype'))
      join(own, ofWay(memberOf(link.path, key ?? '?'), site));
    else if (link.kind === 'from') join(own, [link]);
    else if (link.kind === 'each' && link.of.kind === 'thing') {
      const getters = ofThing(m, link.of, key, [link.of], site, seen);
      join(own, m.call(getters, self, { list: [], rest: NOTHING }, site));
    }
  }
  // What CommonJS exports is the default of a module that imports it.
  if (own.length === 0 && key === 'default') return [thing];
  if (own.length === 0 && key === 'constructor') return [path('?.constructor')];
  return own;
}

/** What stands for a property: what its getter returns. */
function resolved(m: Machine, value: Value, self: Value, site: Site): Value {
  if (!value.some(({ kind }) => kind === 'accessor')) return value;
  const found: Atom[] = [];
  for (const atom of value)
    if (atom.kind !== 'accessor') join(found, [atom]);
    else if (!atom.sets) join(found, m.call([atom.of], self, { list: [], rest: NOTHING }, site));
  return found;
}

/** The prototype of a function or class. */
export function prototypeOf(m: Machine, thing: Thing): Thing {
  const cell = thing.cell('prototype');
  const [known] = cell.value;
  if (known?.kind === 'thing') return known;
  const prototype = new Thing();
  prototype.cell('constructor').value.push(thing);
  m.write(cell, [prototype]);
  return prototype;
}

/** What a loop finds in a thing, in place of the loop's own word for it. */
export function expand(m: Machine, value: Value, site: Site): Value {
  if (!value.some(({ kind }) => kind === 'each')) return value;
  const found: Atom[] = [];
  for (const atom of value)
    if (atom.kind !== 'each') join(found, [atom]);
    else if (atom.of.kind === 'path') join(found, ofWay(memberOf(atom.of.path, '?'), site));
    else join(found, ofThing(m, atom.of, undefined, [atom.of], site));
  return found;
}

/** Sets what lies in a value under the keys that another stands for. */
export function setBy(m: Machine, of: Value, keys: Value, value: Value, site: Site): void {
  const isCopy = keys.some(({ kind }) => kind === 'keys');
  const copied = isCopy ? value.flatMap((atom) => (atom.kind === 'each' ? [atom.of] : [])) : [];
  const others = copied.length === 0 ? value : value.filter(({ kind }) => kind !== 'each');
  for (const atom of copied.length === 0 ? NOTHING : of)
    if (atom.kind === 'thing')
      m.write(
        atom.links,
        copied.filter((one) => one !== atom),
      );
  if (others.length > 0 || !isCopy)
    for (const key of isCopy ? [undefined] : keysOf(keys)) set(m, of, key, others, site);
}

/** Sets what lies in a value under a key. */
export function set(m: Machine, of: Value, key: string | undefined, value: Value, site: Site): void {
  for (const atom of of) {
    if (atom.kind === 'path') ofNode(m, atom.path, key, value, site);
    if (atom.kind !== 'thing') continue;
    if (key === '__proto__') {
      m.write(atom.links, value);
      continue;
    }
    const cell = key === undefined ? atom.rest : atom.cell(key);
    for (const setter of [...m.read(cell), ...(key === undefined ? NOTHING : inherited(m, atom, key))])
      if (setter.kind === 'accessor' && setter.sets)
        m.call([setter.of], [atom], { list: [value], rest: NOTHING }, site);
    m.write(cell, value);
  }
}

/** What the prototypes of a thing have under a key, as it is written there. */
function inherited(m: Machine, thing: Thing, key: string): Value {
  const found: Atom[] = [];
  for (const link of m.read(thing.links)) if (link.kind === 'thing') found.push(...m.read(link.cell(key)));
  return found;
}

/** A function that is put in place of one of Node's, or of the language, is called sooner or later. */
function ofNode(m: Machine, way: string, key: string | undefined, value: Value, site: Site): void {
  if (way === 'globalThis' && key !== undefined) {
    m.write(m.global(key), value);
    return;
  }
  const functions = value.filter((atom) => atom.kind === 'thing' && atom.code !== undefined && !atom.isClass);
  if (functions.length > 0 && m.isAtImport) m.call(functions, [path(way)], { list: [], rest: NOTHING }, site);
}
