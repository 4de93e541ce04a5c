import type { Machine } from '../machine.js';
import { expand, get } from './properties.js';
import { join, originsOf, text, textsOf, thingsOf, union } from './value-sets.js';
import type { Arguments, Atom, Site, Thing, Value } from './values.js';
import { NOTHING } from './values.js';

const NONE: Arguments = { list: [], rest: NOTHING };
/** So many elements of a list are looked at one by one. */
const MOST = 400;

/** What a loop over a value comes to: elements of lists, what iterators return, letters. */
export function elementsOf(m: Machine, value: Value, site: Site): Value {
  const found: Atom[] = [...originsOf(value)];
  for (const atom of expand(m, value, site)) {
    if (atom.kind === 'text') join(found, [...atom.text.slice(0, 24)].map(text));
    // A generator is looked at as a function that returns what it yields.
    else if (atom.kind === 'keys' || (atom.kind === 'path' && atom.isHot)) join(found, [atom]);
    if (atom.kind !== 'thing') continue;
    const own = thingsOf([...get(m, [atom], '@@iterator', site), ...get(m, [atom], '@@asyncIterator', site)]);
    if (own.length > 0) {
      const iterators = m.call(own, [atom], NONE, site);
      const next = get(m, iterators, 'next', site);
      join(found, get(m, m.call(next, iterators, NONE, site), 'value', site));
      // A generator is looked at as a function that returns what it yields.
      join(
        found,
        iterators.filter((one) => one.kind !== 'thing' || next.length === 0),
      );
      const end = get(m, iterators, 'return', site);
      if (thingsOf(end).length > 0) m.call(end, iterators, NONE, site);
    } else join(found, inList(m, atom));
  }
  return found;
}

/** What lies under the numbers of a list. */
export function inList(m: Machine, list: Thing): Value {
  const found: Atom[] = [];
  join(found, m.read(list.all));
  for (const link of m.read(list.links)) if (link.kind === 'thing' && link !== list) join(found, m.read(link.rest));
  return found;
}

/** The texts of a list in their order; undefined where one of them is not known. */
export function textList(m: Machine, list: Thing): string[] | undefined {
  const found: string[] = [];
  for (let index = 0; index < MOST; index++) {
    if (!list.has(String(index))) break;
    const [content, other] = textsOf(m.read(list.cell(String(index))));
    if (content === undefined || other !== undefined) return undefined;
    found.push(content);
  }
  return found.length === 0 || m.read(list.rest).length > 0 ? undefined : found;
}

/** Puts texts into a list, in that order. */
export function fill(m: Machine, list: Thing, texts: readonly string[]): void {
  for (const [index, content] of texts.slice(0, MOST).entries()) m.write(list.cell(String(index)), [text(content)]);
}

/** The elements of a list, one by one. */
export function inOrder(m: Machine, list: Thing): Value[] {
  const found: Value[] = [];
  for (let index = 0; list.has(String(index)); index++) found.push(m.read(list.cell(String(index))));
  return found;
}

/** A list as what a function is called with. */
export function spread(m: Machine, value: Value): Arguments {
  const things = thingsOf(value);
  const [only] = things;
  if (things.length === 1 && only !== undefined) return { list: inOrder(m, only), rest: m.read(only.rest) };
  return { list: [], rest: union(...things.map((thing) => inList(m, thing))) };
}
