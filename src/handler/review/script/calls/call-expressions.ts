import { initialiseParents } from '../classes.js';
import type { Machine } from '../machine.js';
import { memberParts } from '../patterns.js';
import { ownerOf, selfOf } from '../values/functions.js';
import { elementsOf, inOrder, spread } from '../values/lists.js';
import { expand, get, keysOf } from '../values/properties.js';
import { argument, isCallable, isFrom, join, path, textsOf, thingsOf, union } from '../values/value-sets.js';
import type { Arguments, Atom, Frame, Site, Value } from '../values/values.js';
import { NOTHING, Thing } from '../values/values.js';
import { callUnknown } from './callbacks.js';
import { methodOf } from './methods.js';

/** Functions of child_process that nothing else has: called of a module whose name is put together from letters. */
const STARTS = /^(execSync|spawnSync|execFile|execFileSync)$/;

/** What a call comes to. */
export function callExpression(m: Machine, node: number, frame: Frame): Value {
  const { tree } = frame.file;
  const [callee] = tree.children(node);
  if (callee === undefined) return NOTHING;
  const list = tree.child(node, 'ArgList');
  const site: Site = { frame, node };
  if (tree.name(callee) === 'super') {
    const { owner } = ownerOf(frame);
    const args = argumentsOf(m, list, frame);
    return owner === undefined ? NOTHING : initialiseParents(m, owner, selfOf(m, frame), args, site);
  }
  if (tree.name(callee) === 'MemberExpression') {
    const [of, key] = memberParts(m, callee, frame);
    const isSuper = tree.name(tree.first(callee) ?? -1) === 'super';
    return callMethod(m, of, key, argumentsOf(m, list, frame), site, isSuper ? selfOf(m, frame) : of);
  }
  const value = m.evaluate(callee, frame);
  return m.call(value, [path('globalThis')], argumentsOf(m, list, frame), site);
}

/** What a call is made with. */
export function argumentsOf(m: Machine, list: number | undefined, frame: Frame): Arguments {
  if (list === undefined) return { list: [], rest: NOTHING };
  const { tree } = frame.file;
  const found: Value[] = [];
  let rest: Value = NOTHING;
  let isSpread = false;
  let isOpen = false;
  for (const part of tree.children(list)) {
    if (tree.name(part) === 'Spread') {
      isSpread = true;
      continue;
    }
    const value = m.evaluate(part, frame);
    if (isSpread) {
      const things = thingsOf(value);
      const [only] = things;
      const isPlain = things.length === 1 && value.length === 1 && only !== undefined && m.read(only.rest).length === 0;
      if (isPlain && only !== undefined && !isOpen) found.push(...inOrder(m, only));
      else {
        rest = union(rest, elementsOf(m, value, { frame, node: part }));
        isOpen = true;
      }
    } else if (isOpen) rest = union(rest, value);
    else found.push(value);
    isSpread = false;
  }
  return { list: found, rest };
}

/** What calling a method comes to: a function that lies there, or what the language has for such a value. */
export function callMethod(m: Machine, of: Value, keys: Value, args: Arguments, site: Site, self: Value = of): Value {
  const found: Atom[] = [];
  const receivers = expand(m, of, site);
  if (m.isAtImport && site.frame.isCertain && isFrom(receivers, 'pieced'))
    for (const name of textsOf(keys)) if (STARTS.test(name)) m.say('attack', `runs ${name} while it is imported`, site);
  for (const key of keysOf(keys).slice(0, 24)) {
    const functions = receivers.filter((one) => isCallable(one) && !(one.kind === 'path' && one.path === 'Reflect'));
    if (key !== undefined && /^(call|apply|bind)$/.test(key) && functions.length > 0) {
      join(found, callThrough(m, key, functions, args, site));
      continue;
    }
    const methods = get(m, receivers, key, site);
    const callable = methods.filter(isCallable);
    if (callable.some(({ kind }) => kind === 'thing')) join(found, m.call(callable, self, args, site));
    else {
      const builtIn = key === undefined ? undefined : methodOf(m, key, receivers, args, site);
      if (builtIn !== undefined) join(found, builtIn);
      if (callable.length > 0) join(found, m.call(callable, receivers, args, site));
      else if (builtIn === undefined) join(found, callUnknown(m, key, receivers, args, site));
    }
  }
  return found;
}

/** `f.call(…)`, `f.apply(…)`, `f.bind(…)`. */
function callThrough(m: Machine, key: string, functions: Value, args: Arguments, site: Site): Value {
  const self = argument(args, 0);
  if (key === 'call') return m.call(functions, self, { list: args.list.slice(1), rest: args.rest }, site);
  if (key === 'apply') return m.call(functions, self, spread(m, argument(args, 1)), site);
  const bound = m.thingAt(site, () => new Thing(), 'bound');
  bound.bound = {
    target: union(bound.bound?.target ?? NOTHING, functions),
    self: union(bound.bound?.self ?? NOTHING, self),
    args: args.list.slice(1),
  };
  return [bound];
}
