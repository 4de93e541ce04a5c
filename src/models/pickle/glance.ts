import { ACTIONS } from './actions.js';
import { instructionAt } from './instructions.js';
import { Machine } from './machine.js';
import { COMPUTED, REGISTRY, type Use, Uses } from './uses.js';

/**
 * What bytes would import if they were the beginning of a pickle, up to the first that are none; only names that Python can import,
 * since any bytes may be given. `place` is that of the first byte in its file;
 * `isWhole` says that the stack is empty in front of it.
 */
export function glance(bytes: Buffer, place = 0, isWhole = false): Use[] {
  const found = new Uses();
  const machine = new Machine(found, ACTIONS);
  for (let at = 0; at < bytes.length; ) {
    const instruction = instructionAt(bytes, at);
    if (instruction === undefined || instruction === 'cut' || instruction.to > bytes.length) break;
    const broken = machine.isBroken;
    machine.run(bytes, instruction, place + at);
    if (isWhole && machine.isBroken && !broken)
      return found.all().filter((use) => use.at < place + at && isPlausible(use));
    if (instruction.code === '.') break;
    at = instruction.to;
  }
  return found.all().filter(isPlausible);
}

/**
 * Whether the beginning of something may be that of pickles: instructions without a fault up to the end of it, where it is cut, or up to
 * a STOP behind which another pickle begins.
 */
export function goesOn(head: Buffer, isCut: boolean): boolean {
  const machine = new Machine(new Uses(), ACTIONS);
  for (let at = 0; at < head.length; ) {
    const instruction = instructionAt(head, at);
    if (instruction === undefined) return false;
    if (instruction === 'cut' || instruction.to > head.length) return isCut;
    machine.run(head, instruction, at);
    if (machine.isBroken) return false;
    at = instruction.to;
    if (instruction.code === '.') return head[at] === 0x80 && (head[at + 1] ?? 255) <= 5;
  }
  return isCut;
}

/** Whether the names are such that Python can import them, and not by chance in other content. */
export function isPlausible({ module, name }: Use): boolean {
  return (
    module !== COMPUTED && module !== REGISTRY && /^[A-Za-z_][\w.]*$/.test(module) && /^[A-Za-z_][\w.]*$/.test(name)
  );
}
