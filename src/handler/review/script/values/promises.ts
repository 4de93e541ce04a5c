import type { Machine } from '../machine.js';
import { get } from './properties.js';
import { join, thingsOf } from './value-sets.js';
import type { Atom, Cell, Site, Value } from './values.js';
import { Cell as NewCell, NOTHING, Thing } from './values.js';

/** What waiting for a value comes to; whatever has a `then` is asked by it. */
export function awaited(m: Machine, value: Value, site: Site): Value {
  const found: Atom[] = [];
  for (const atom of value) {
    if (atom.kind === 'path') {
      join(found, [atom]);
      continue;
    }
    if (atom.kind !== 'thing') {
      join(found, [atom]);
      continue;
    }
    if (atom.resolved !== undefined) {
      join(found, m.read(atom.resolved));
      continue;
    }
    const then = thingsOf(get(m, [atom], 'then', site)).filter(
      (one) => one.code !== undefined || one.bound !== undefined,
    );
    join(found, [atom]);
    if (then.length === 0) continue;
    const cell = m.thingAt(site, undefined, 'awaited').cell('value');
    m.call(then, [atom], { list: [[resolver(m, cell, site)]], rest: NOTHING }, site);
    join(found, m.read(cell));
  }
  return found;
}

/** A function that puts what it is called with into a cell. */
export function resolver(m: Machine, cell: Cell, site: Site): Thing {
  return m.thingAt(
    site,
    () => {
      const made = new Thing();
      made.resolves = cell;
      return made;
    },
    'resolver',
  );
}

/** `new Promise(…)`, and the thing that `Promise.withResolvers()` returns. */
export function promiseAt(m: Machine, site: Site): Thing {
  return m.thingAt(
    site,
    () => {
      const made = new Thing();
      made.resolved = new NewCell();
      return made;
    },
    'promise',
  );
}
