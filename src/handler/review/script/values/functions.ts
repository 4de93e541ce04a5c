import type { Machine } from '../machine.js';
import { keysOf } from './properties.js';
import type { Frame, Value } from './values.js';
import { Thing } from './values.js';

/** The function that a place makes. */
export function functionAt(m: Machine, node: number, frame: Frame, owner?: Thing): Thing {
  return m.thingAt({ frame, node }, () => new Thing({ file: frame.file, node, frame, owner }));
}

/** The call whose `this` and `arguments` are meant: arrows have none. */
export function ownerOf(frame: Frame): Frame {
  let owner = frame;
  while (owner.parent !== undefined && /^(ArrowFunction|Script)$/.test(owner.file.tree.name(owner.node)))
    owner = owner.parent;
  return owner;
}

/** What `this` is. */
export const selfOf = (m: Machine, frame: Frame): Value => m.read(ownerOf(frame).self);

/** Puts a method or an accessor under keys, without calling a setter that is there. */
export function define(m: Machine, thing: Thing, keys: Value, value: Value): void {
  for (const key of keysOf(keys)) m.write(key === undefined ? thing.rest : thing.cell(key), value);
}
