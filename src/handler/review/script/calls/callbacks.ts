import type { Machine } from '../machine.js';
import { argumentsTogether, isCallable, join, originsOf, union } from '../values/value-sets.js';
import type { Arguments, Atom, Site, Value } from '../values/values.js';
import { isKept } from './node-paths.js';

/** Methods that keep a function for later, as servers, programs of the command line and tests do. */
const LATER =
  /^(on|once|off|addListener|removeListener|addEventListener|removeEventListener|prependListener|get|post|put|delete|patch|head|options|all|use|action|command|handle|handler|register|route|hook|addHook|test|it|describe|before|after|beforeEach|afterEach|define\w*|subscribe|listen|createServer|option|implement|setHandler|param|tap\w*|memoize|lazy|once|debounce|throttle|inherits)$/;

/** Calls the functions among what something is called with. */
export function callBack(m: Machine, args: Arguments, site: Site, given: readonly Value[] = []): Value {
  const functions = argumentsTogether(args).filter(
    (atom) => atom.kind === 'thing' && isCallable(atom) && !atom.isClass,
  );
  return functions.length === 0 ? [] : m.call(functions, [], { list: given, rest: [] }, site);
}

/** What a call comes to of which nothing is known: its functions are called, and what it returns may be what it was given. */
export function callUnknown(m: Machine, key: string | undefined, self: Value, args: Arguments, site: Site): Value {
  const given = argumentsTogether(args);
  const origins = union(originsOf(given), originsOf(self));
  if (key === undefined || !LATER.test(key)) callBack(m, args, site, [origins]);
  const found: Atom[] = [...origins];
  join(
    found,
    given.filter((atom) => atom.kind === 'path' && isKept(atom.path)),
  );
  return found;
}
