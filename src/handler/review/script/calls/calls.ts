import { construct } from '../classes.js';
import type { Machine } from '../machine.js';
import { awaited } from '../values/promises.js';
import { expand } from '../values/properties.js';
import { argument, isCallable, join, union } from '../values/value-sets.js';
import type { Arguments, Atom, Site, Thing, Value } from '../values/values.js';
import { NOTHING } from '../values/values.js';
import { callUnknown } from './callbacks.js';
import { callNode } from './node-calls.js';

/** What calling a value comes to. */
export function callValue(m: Machine, callee: Value, self: Value, args: Arguments, site: Site, isNew: boolean): Value {
  const found: Atom[] = [];
  let isKnown = false;
  let isStrange: string | undefined;
  const callees = expand(m, callee, site);
  const isSole = callees.filter(isCallable).length === 1;
  for (const atom of callees) {
    if (!isCallable(atom)) {
      if (atom.kind === 'from') join(found, [atom]);
      continue;
    }
    m.isSole = isSole;
    if (atom.kind === 'path') {
      const returned = callNode(m, atom.path, self, args, site, isNew);
      if (returned === undefined) isStrange = atom.path;
      else {
        isKnown = true;
        join(found, returned);
      }
      continue;
    }
    isKnown = true;
    if (atom.kind === 'thing') join(found, callThing(m, atom, self, args, site, isNew));
  }
  // Several that nothing is known of call what they are given as one.
  if (isKnown && isStrange === undefined) return found;
  return union(
    found,
    callUnknown(m, isStrange?.split('.').at(-1), isStrange === undefined ? NOTHING : self, args, site),
  );
}

function callThing(m: Machine, thing: Thing, self: Value, args: Arguments, site: Site, isNew: boolean): Value {
  const { bound, code } = thing;
  if (bound !== undefined) {
    const all: Arguments = { list: [...bound.args, ...args.list], rest: args.rest };
    return m.call(
      bound.target.filter((one) => one !== thing),
      bound.self,
      all,
      site,
      isNew,
    );
  }
  if (thing.resolves !== undefined) {
    m.write(thing.resolves, awaited(m, argument(args, 0), site));
    return NOTHING;
  }
  if (code === undefined) return NOTHING;
  if (isNew || thing.isClass) return construct(m, thing, args, site);
  const frame = m.enter(code, thing, site, self, args);
  const returned = m.read(frame.returned);
  const { tree } = code.file;
  // Whoever calls an asynchronous function gets a promise, and a promise asks what it is fulfilled with for its `then`.
  return /^\s*(static\s+)?async\b/.test(tree.beginning(code.node, 40)) ? awaited(m, returned, site) : returned;
}
