import type { Machine } from '../machine.js';
import { elementsOf, inList } from '../values/lists.js';
import { awaited, promiseAt, resolver } from '../values/promises.js';
import { get, setBy } from '../values/properties.js';
import { asText, hidden } from '../values/texts.js';
import {
  argument,
  argumentsTogether,
  from,
  isCallable,
  join,
  originsOf,
  text,
  textsOf,
  thingsOf,
  union,
} from '../values/value-sets.js';
import type { Arguments, Atom, Site, Thing, Value } from '../values/values.js';
import { NOTHING } from '../values/values.js';
import { linkable, listOf } from './language-objects.js';

/** What a function of the language comes to, those of objects apart; undefined for one that is of no interest. */
export function callLanguage(m: Machine, way: string, args: Arguments, site: Site): Value | undefined {
  const first = argument(args, 0);
  const second = argument(args, 1);
  const rest = (count: number): Arguments => ({ list: args.list.slice(count), rest: args.rest });
  switch (way) {
    case 'Array':
    case 'Array.of':
    case 'Set':
    case 'WeakSet':
    case 'Map':
    case 'WeakMap':
      return [collection(m, way, args, site)];
    case 'Array.from': {
      const elements = elementsOf(m, first, site);
      const functions = second.filter(isCallable);
      const mapped =
        functions.length === 0 ? elements : m.call(functions, NOTHING, { list: [elements], rest: NOTHING }, site);
      return [listOf(m, site, union(mapped, originsOf(elements)))];
    }
    case 'Promise': {
      const made = promiseAt(m, site);
      if (made.resolved === undefined) return [made];
      m.call(first, NOTHING, { list: [[resolver(m, made.resolved, site)]], rest: NOTHING }, site);
      return [made];
    }
    case 'Promise.withResolvers': {
      const promise = promiseAt(m, site);
      const made = m.thingAt(site, undefined, 'resolvers');
      m.write(made.cell('promise'), [promise]);
      if (promise.resolved !== undefined) m.write(made.cell('resolve'), [resolver(m, promise.resolved, site)]);
      return [made];
    }
    case 'Promise.resolve':
    case 'Promise.reject':
      return awaited(m, first, site);
    case 'Promise.all':
    case 'Promise.allSettled':
      return [listOf(m, site, awaited(m, elementsOf(m, first, site), site))];
    case 'Promise.any':
    case 'Promise.race':
      return awaited(m, elementsOf(m, first, site), site);
    case 'Promise.try':
      return awaited(m, m.call(first, NOTHING, rest(1), site), site);
    case 'setTimeout':
    case 'setInterval':
      m.call(first.filter(isCallable), NOTHING, rest(2), site);
      return NOTHING;
    case 'timers.promises.setTimeout':
      return second;
    case 'timers.promises.setImmediate':
      return first;
    case 'setImmediate':
    case 'queueMicrotask':
    case 'process.nextTick':
      m.call(first.filter(isCallable), NOTHING, rest(1), site);
      return NOTHING;
    case 'Proxy':
      return proxied(m, first, second, site);
    // A symbol is as good a key as a text that nothing else is.
    case 'Symbol':
      return [text(`@@${site.frame.file.base + site.node}`)];
    case 'Symbol.for':
      return textsOf(first).map((name) => text(/inspect\.custom$/.test(name) ? '@@inspect' : `@@for ${name}`));
    case 'String':
      return asText(m, first, site);
    case 'Number':
    case 'parseInt':
    case 'parseFloat':
    case 'BigInt':
      asText(m, first, site);
      return originsOf(first).length > 0 ? originsOf(first) : first.filter(({ kind }) => kind === 'text');
    case 'String.fromCharCode':
    case 'String.fromCodePoint':
      return fromCodes(m, args, site);
    case 'JSON.stringify':
      for (const thing of thingsOf(first))
        m.call(get(m, [thing], 'toJSON', site), [thing], { list: [], rest: NOTHING }, site);
      return union(
        contentOf(m, first),
        first.filter(({ kind }) => kind === 'path' || kind === 'from'),
      );
    case 'util.inherits':
      for (const [child, parent] of [[thingsOf(first), second]] as const)
        for (const one of child) m.write(one.links, linkable(parent, one));
      setBy(m, get(m, first, 'prototype', site), [text('__proto__')], get(m, second, 'prototype', site), site);
      return NOTHING;
    case 'console.log':
    case 'console.error':
    case 'console.info':
    case 'console.warn':
    case 'console.dir':
    case 'util.inspect':
    case 'util.format':
      for (const thing of thingsOf(argumentsTogether(args))) {
        asText(m, [thing], site);
        m.call(get(m, [thing], '@@inspect', site), [thing], { list: [], rest: NOTHING }, site);
      }
      return originsOf(argumentsTogether(args));
    default:
      return undefined;
  }
}

function collection(m: Machine, way: string, args: Arguments, site: Site): Thing {
  const made = m.thingAt(site, undefined, 'collection');
  if (way === 'Array.of') m.write(made.rest, argumentsTogether(args));
  else if (way !== 'Array')
    for (const element of elementsOf(m, argument(args, 0), site)) {
      if (/Map$/.test(way) && element.kind === 'thing')
        setBy(m, [made], m.read(element.cell('0')), m.read(element.cell('1')), site);
      m.write(made.rest, /Map$/.test(way) ? inPairs(m, element) : [element]);
    }
  return made;
}

const inPairs = (m: Machine, pair: Atom): Value => (pair.kind === 'thing' ? inList(m, pair) : [pair]);

/** What a proxy may be asked for is what its traps do. */
function proxied(m: Machine, target: Value, traps: Value, site: Site): Value {
  const functions = get(m, traps, undefined, site).filter((atom) => atom.kind === 'thing' && atom.code !== undefined);
  const returned = m.call(functions, NOTHING, { list: [target], rest: NOTHING }, site);
  return union(
    target,
    returned.filter(({ kind }) => kind !== 'text'),
  );
}

function fromCodes(m: Machine, args: Arguments, site: Site): Value {
  const codes = args.list.map((value) => Number(textsOf(value)[0] ?? Number.NaN));
  const isKnown =
    args.rest.length === 0 &&
    codes.length > 0 &&
    codes.every((code) => Number.isInteger(code) && code >= 0 && code < 0x11_00_00);
  if (isKnown) return [text(String.fromCodePoint(...codes)), from('decoded')];
  return [hidden(m, argumentsTogether(args), site)];
}

/** Where what a thing holds comes from, as far as its properties say. */
function contentOf(m: Machine, value: Value): Value {
  const found: Atom[] = [];
  for (const thing of thingsOf(value))
    for (const key of thing.keys.slice(0, 50))
      join(
        found,
        m.read(thing.cell(key)).filter(({ kind }) => kind === 'from' || kind === 'path'),
      );
  return found;
}
