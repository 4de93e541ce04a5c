import type { Machine } from '../machine.js';
import { elementsOf, fill, inList, textList } from '../values/lists.js';
import { awaited } from '../values/promises.js';
import { get, getBy, setBy } from '../values/properties.js';
import { changed, pieced } from '../values/texts.js';
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
import { callBack } from './callbacks.js';

const WITH_EACH =
  /^(map|forEach|filter|some|every|find|findIndex|findLast|findLastIndex|flatMap|sort|toSorted|reduce|reduceRight)$/;
const SAME_LIST =
  /^(filter|sort|toSorted|reverse|toReversed|slice|splice|toSpliced|flat|fill|values|entries|copyWithin|with)$/;

/** What a method of the language comes to, whatever it is a method of; undefined where there is none of that name. */
export function methodOf(m: Machine, name: string, of: Value, args: Arguments, site: Site): Value | undefined {
  if (/^(then|catch|finally)$/.test(name)) return settled(m, name, of, args, site);
  if (WITH_EACH.test(name) || SAME_LIST.test(name) || /^(join|split|push|unshift|pop|shift)$/.test(name)) {
    const found = ofList(m, name, of, args, site);
    if (found !== undefined) return found;
  }
  if (/^(replace|replaceAll)$/.test(name)) callBack(m, { list: [argument(args, 1)], rest: NOTHING }, site, [of]);
  if (of.some(({ kind }) => kind === 'text' || kind === 'from')) {
    const found = changed(
      m,
      name,
      of.filter(({ kind }) => kind !== 'thing'),
      args.list,
      site,
    );
    if (found !== undefined) return found;
  }
  return ofObject(m, name, of, args, site);
}

/** `.then(…)` and its kind: what it is called with runs. */
function settled(m: Machine, name: string, of: Value, args: Arguments, site: Site): Value {
  const value = awaited(m, of, site);
  const given = name === 'then' ? [value] : [];
  const returned = m.call(argumentsTogether(args).filter(isCallable), NOTHING, { list: given, rest: NOTHING }, site);
  return name === 'then' ? union(returned, originsOf(value)) : union(value, returned);
}

function ofList(m: Machine, name: string, of: Value, args: Arguments, site: Site): Value | undefined {
  const lists = thingsOf(of);
  const first = argument(args, 0);
  if (name === 'split') return splitted(m, of, first, site);
  if (lists.length === 0 && name === 'join') return union(originsOf(of), [from('pieced')]);
  if (lists.length === 0 && !WITH_EACH.test(name)) return undefined;
  switch (name) {
    case 'push':
    case 'unshift':
      for (const list of lists) append(m, list, args);
      return NOTHING;
    case 'pop':
    case 'shift':
      return union(...lists.map((list) => inList(m, list)));
    case 'join': {
      const between = first.length === 0 && args.list.length === 0 ? ',' : textsOf(first)[0];
      const found: Atom[] = [];
      for (const list of lists) {
        const texts = textList(m, list);
        if (texts !== undefined && between !== undefined) join(found, [text(texts.join(between))]);
        else join(found, originsOf(inList(m, list)));
      }
      return pieced(found);
    }
    case 'reverse':
    case 'toReversed':
      return union(...lists.map((list) => reversed(m, list, site)));
    default:
      break;
  }
  if (SAME_LIST.test(name) && !WITH_EACH.test(name)) return of;
  const all = union(
    ...lists.map((list) => inList(m, list)),
    of.filter(({ kind }) => /^(from|path|keys)$/.test(kind)),
  );
  const functions = first.filter(isCallable);
  if (functions.length === 0) return undefined;
  if (name === 'reduce' || name === 'reduceRight') {
    const before = m.thingAt(site, undefined, 'reduced').cell('value');
    const returned = m.call(
      functions,
      NOTHING,
      { list: [union(argument(args, 1), m.read(before), all), all], rest: NOTHING },
      site,
    );
    m.write(before, returned);
    return returned;
  }
  const given = /sort/i.test(name) ? [all, all] : [all, NOTHING, of];
  const returned = m.call(functions, argument(args, 1), { list: given, rest: NOTHING }, site);
  if (/^(map|flatMap)$/.test(name)) {
    const made = m.thingAt(site, undefined, name);
    m.write(made.rest, name === 'flatMap' ? elementsOf(m, returned, site) : returned);
    if (returned.length > 0 && originsOf(all).length > 0) m.write(made.rest, originsOf(all));
    return [made];
  }
  if (/^(filter|sort|toSorted)$/.test(name)) return of;
  return /^find(Last)?$/.test(name) ? all : NOTHING;
}

function append(m: Machine, list: Thing, args: Arguments): void {
  m.write(list.rest, argumentsTogether(args));
}

function splitted(m: Machine, of: Value, separator: Value, site: Site): Value {
  const made = m.thingAt(site, undefined, 'split');
  const [between] = textsOf(separator);
  const [content, other] = textsOf(of);
  if (content !== undefined && other === undefined && between !== undefined && content.length < 1000)
    fill(m, made, content.split(between));
  else if (content === undefined) m.write(made.rest, originsOf(of));
  return [made];
}

function reversed(m: Machine, list: Thing, site: Site): Value {
  const texts = textList(m, list);
  if (texts === undefined) return [list];
  const made = m.thingAt(site, undefined, 'reversed');
  fill(m, made, texts.reverse());
  return [made];
}

/** Methods of maps, sets and what sends events. */
function ofObject(m: Machine, name: string, of: Value, args: Arguments, site: Site): Value | undefined {
  const things = thingsOf(of);
  const [first, second] = [argument(args, 0), argument(args, 1)];
  switch (name) {
    case 'set':
      if (things.length === 0 || args.list.length < 2) return undefined;
      setBy(m, things, first, second, site);
      for (const thing of things) m.write(thing.cell('@@keys'), first);
      return of;
    case 'add':
      for (const thing of things) m.write(thing.rest, first);
      return things.length === 0 ? undefined : of;
    case 'get':
      return things.length === 0 || first.some(isCallable) ? undefined : getBy(m, things, first, site);
    case 'keys':
      return things.length === 0 ? undefined : union(...things.map((thing) => m.read(thing.cell('@@keys'))));
    case 'next': {
      const made = m.thingAt(site, undefined, 'next');
      m.write(made.cell('value'), of);
      return [made];
    }
    case 'on':
    case 'once':
    case 'addListener':
    case 'prependListener':
      for (const thing of things) m.write(thing.cell('@@listeners'), argumentsTogether(args).filter(isCallable));
      return things.length === 0 ? undefined : of;
    case 'emit': {
      const listeners = union(...things.map((thing) => m.read(thing.cell('@@listeners'))));
      if (listeners.length === 0) return undefined;
      return m.call(listeners, of, { list: args.list.slice(1), rest: args.rest }, site);
    }
    case 'match':
    case 'matchAll': {
      const made = m.thingAt(site, undefined, 'matches');
      if (textsOf(of).length > 0) m.write(made.rest, [from('pieced')]);
      return [made];
    }
    case '__defineGetter__':
    case '__defineSetter__':
      for (const made of thingsOf(second))
        setBy(m, things, first, [{ kind: 'accessor', of: made, sets: name.includes('Setter') }], site);
      return NOTHING;
    case 'deref':
      return of;
    case 'hasOwnProperty':
    case 'propertyIsEnumerable':
      return NOTHING;
    case 'toJSON':
      return get(m, of, 'toJSON', site).length > 0 ? undefined : NOTHING;
    case 'charCodeAt':
    case 'codePointAt':
      return originsOf(of).length > 0 ? union(originsOf(of), [from('pieced')]) : NOTHING;
    default:
      return undefined;
  }
}
