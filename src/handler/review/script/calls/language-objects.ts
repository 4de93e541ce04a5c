import type { Machine } from '../machine.js';
import { define } from '../values/functions.js';
import { spread } from '../values/lists.js';
import { get, getBy, setBy } from '../values/properties.js';
import { argument, argumentsTogether, join, path, text, thingsOf } from '../values/value-sets.js';
import type { Arguments, Atom, Keys, Site, Thing, Value } from '../values/values.js';
import { NOTHING } from '../values/values.js';

/** What a function of `Object` or `Reflect` comes to; undefined for one that is of no interest. */
export function callObjects(m: Machine, way: string, args: Arguments, site: Site, isNew: boolean): Value | undefined {
  const first = argument(args, 0);
  const second = argument(args, 1);
  const rest = (count: number): Arguments => ({ list: args.list.slice(count), rest: args.rest });
  switch (way) {
    case 'Reflect.apply':
      return m.call(first, second, spread(m, argument(args, 2)), site);
    case 'Reflect.construct':
      return m.call(first, NOTHING, spread(m, second), site, true);
    case 'Reflect.get':
      return getBy(m, first, second, site);
    case 'Reflect.set':
      setBy(m, first, second, argument(args, 2), site);
      return NOTHING;
    case 'Object.getOwnPropertyDescriptor':
    case 'Reflect.getOwnPropertyDescriptor': {
      const made = m.thingAt(site, undefined, 'descriptor');
      m.write(made.cell('value'), getBy(m, first, second, site));
      return [made];
    }
    case 'Object.getOwnPropertyDescriptors':
      return first;
    case 'Object.defineProperty':
      describe(m, first, second, argument(args, 2), site);
      return first;
    case 'Object.defineProperties':
      for (const all of thingsOf(second))
        for (const key of all.keys) describe(m, first, [text(key)], m.read(all.cell(key)), site);
      return first;
    case 'Object.assign':
      for (const target of thingsOf(first)) m.write(target.links, linkable(argumentsTogether(rest(1)), target));
      return first;
    case 'Object.create': {
      const made = m.thingAt(site, undefined, 'created');
      m.write(made.links, linkable(first, made));
      for (const all of thingsOf(second))
        for (const key of all.keys) describe(m, [made], [text(key)], m.read(all.cell(key)), site);
      return [made];
    }
    case 'Object.setPrototypeOf':
      for (const target of thingsOf(first)) m.write(target.links, linkable(second, target));
      return first;
    case 'Object.getPrototypeOf':
      return prototypesOf(m, first);
    case 'Object.keys':
      return keysIn(m, first, site);
    case 'Object.values':
      return [listOf(m, site, get(m, first, undefined, site))];
    case 'Object.entries': {
      const pair = m.thingAt(site, undefined, 'pair');
      m.write(pair.cell('0'), keysIn(m, first, site));
      m.write(pair.cell('1'), getBy(m, first, keysIn(m, first, site), site));
      return [listOf(m, site, [pair])];
    }
    case 'Object.freeze':
    case 'Object.seal':
    case 'Object.preventExtensions':
    case 'structuredClone':
    case 'Object':
    case 'util.promisify':
    case 'util.callbackify':
    case 'util.deprecate':
    case 'WeakRef':
      return first.length === 0 && isNew ? [m.thingAt(site)] : first;
    default:
      return undefined;
  }
}

/** What `Object.defineProperty` does: a value, or what is called for it. */
function describe(m: Machine, of: Value, keys: Value, descriptor: Value, site: Site): void {
  const value = get(m, descriptor, 'value', site);
  if (value.length > 0) setBy(m, of, keys, value, site);
  const getters = get(m, descriptor, 'get', site);
  const isCopied = getters.filter(({ kind }) => kind === 'each');
  if (isCopied.length > 0) for (const thing of thingsOf(of)) m.write(thing.links, isCopied);
  for (const getter of thingsOf(getters)) {
    // A loop that copies properties makes a getter for each of them: what it leads to is looked up now, while the loop is.
    const isCopy = keys.some(({ kind }) => kind === 'keys');
    if (isCopy) setBy(m, of, keys, m.call([getter], of, { list: [], rest: NOTHING }, site), site);
    else for (const thing of thingsOf(of)) define(m, thing, keys, [{ kind: 'accessor', of: getter, sets: false }]);
  }
  for (const setter of thingsOf(get(m, descriptor, 'set', site)))
    for (const thing of thingsOf(of)) define(m, thing, keys, [{ kind: 'accessor', of: setter, sets: true }]);
}

/** The keys of a value, as a list of what a loop over them comes to. */
export function keysIn(m: Machine, of: Value, site: Site): Value {
  const found: Atom[] = [];
  for (const atom of of) {
    if (atom.kind === 'thing' || atom.kind === 'path') join(found, [{ kind: 'keys', of: atom } satisfies Keys]);
    if (atom.kind === 'from') join(found, [atom]);
  }
  return found.length === 0 ? NOTHING : [listOf(m, site, found)];
}

/** A list of what may be in it in any order. */
export function listOf(m: Machine, site: Site, elements: Value): Thing {
  const made = m.thingAt(site, undefined, 'list');
  m.write(made.rest, elements);
  return made;
}

function prototypesOf(m: Machine, of: Value): Value {
  const found: Atom[] = [];
  for (const atom of of) {
    if (atom.kind === 'thing') {
      const links = m.read(atom.links);
      join(
        found,
        links.length > 0 ? links : [path(atom.code === undefined ? 'Object.prototype' : 'Function.prototype')],
      );
    } else if (atom.kind === 'path')
      join(found, [path(atom.path.endsWith('.prototype') ? 'Object.prototype' : `${atom.path}`)]);
    else if (atom.kind === 'text') join(found, [path('String.prototype')]);
  }
  return found;
}

/** What a thing may be linked with, itself apart. */
export function linkable(value: Value, itself: Thing): Value {
  return value.filter((atom) => atom !== itself && /^(thing|path|from)$/.test(atom.kind));
}
