import type { Instruction } from './instructions.js';
import type { Action, Actions } from './machine.js';
import { LONGEST_NAME, textOf } from './texts.js';
import { Fields, Imported, Items, MARK, type Value } from './values.js';

/** The index of a PUT or GET: a decimal line, one byte or four. */
function indexOf(bytes: Buffer, { code, from, to }: Instruction): number {
  if (code === 'p' || code === 'g') return Number.parseInt(bytes.toString('latin1', from, to - 1), 10);
  return bytes.readUIntLE(from, to - from);
}

function named(bytes: Buffer, { from, to }: Instruction): readonly [string, string] {
  const [module = '', name = ''] = bytes.toString('utf8', from, to - 1).split('\n');
  return [module, name];
}

const PUT: Action = (machine, bytes, instruction) => machine.put(indexOf(bytes, instruction));
const GET: Action = (machine, bytes, instruction) => machine.push(machine.got(indexOf(bytes, instruction)));
/** Whether content begins like a pickle or a zip; as a text of UTF-8 (`X`) the first byte of a pickle takes two. */
export function isFileHead(head: Buffer, code: string): boolean {
  if (code === 'X' ? head[0] === 0xc2 && head[1] === 0x80 : head[0] === 0x80) return true;
  return head.toString('latin1', 0, 4) === 'PK\x03\x04';
}

const CONTENT: Action = (machine, bytes, { code, from, to }) => {
  const isFile = isFileHead(bytes.subarray(from, Math.min(to, from + 4)), code);
  machine.push(isFile && to <= bytes.length ? Buffer.from(bytes.subarray(from, to)) : undefined);
};
const TEXT: Action = (machine, bytes, instruction) => {
  const { code, from, to } = instruction;
  if (to - from > LONGEST_NAME && isFileHead(bytes.subarray(from, from + 4), code) && to <= bytes.length)
    machine.push(bytes.toString('utf8', from, to));
  else machine.push(textOf(bytes, instruction));
};
const TUPLE =
  (length: number): Action =>
  (machine) => {
    const items: Value[] = [];
    for (let left = length; left > 0; left--) items.unshift(machine.pop());
    machine.tuple(items);
  };
const ADD =
  (count: 0 | 1): Action =>
  (machine) => {
    if (count === 1) machine.pop();
    else machine.toMark();
    machine.added();
  };
const EXTENSION: Action = (machine) => machine.registered();

/** By instruction; those that are not here only take values away and push one that does not matter. */
export const ACTIONS: Actions = {
  c: (machine, bytes, instruction) => machine.imported(...named(bytes, instruction)),
  '\x93': (machine) => {
    const name = machine.pop();
    machine.imported(machine.pop(), name);
  },
  i: (machine, bytes, instruction) => {
    const args = machine.toMark();
    machine.imported(...named(bytes, instruction));
    machine.tuple(args);
    const items = machine.pop();
    machine.called(machine.pop(), items, 'called');
  },
  o: (machine) => {
    const [callee, ...args] = machine.toMark();
    machine.tuple(args);
    machine.called(callee, machine.pop(), 'called');
  },
  R: (machine) => {
    const args = machine.pop();
    machine.called(machine.pop(), args, 'called');
  },
  '\x81': (machine) => {
    const args = machine.pop();
    machine.called(machine.pop(), args, 'made');
  },
  '\x92': (machine) => {
    machine.pop();
    const args = machine.pop();
    machine.called(machine.pop(), args, 'made');
  },
  b: (machine) => machine.built(machine.pop()),
  s: (machine) => {
    const value = machine.pop();
    const key = machine.pop();
    machine.entries(machine.top, [key, value]);
  },
  u: (machine) => {
    const added = machine.toMark();
    machine.entries(machine.top, added);
  },
  d: (machine) => {
    const added = machine.toMark();
    const fields = new Fields();
    machine.entries(fields, added);
    machine.push(fields);
  },
  '}': (machine) => machine.push(new Fields()),
  Q: (machine) => {
    // torch's old files hand out a class by a tuple of its source: ('module', class, file, text).
    const id = machine.pop();
    const [kind, made] = id instanceof Items ? id.items : [];
    machine.push(kind === 'module' && made instanceof Imported ? made : undefined);
  },
  a: ADD(1),
  e: ADD(0),
  '\x90': ADD(0),
  t: (machine) => machine.tuple(machine.toMark()),
  ')': TUPLE(0),
  '\x85': TUPLE(1),
  '\x86': TUPLE(2),
  '\x87': TUPLE(3),
  '(': (machine) => machine.push(MARK),
  '2': (machine) => machine.push(machine.top),
  N: (machine) => machine.push(null),
  '\x88': (machine) => machine.push(true),
  '\x89': (machine) => machine.push(false),
  K: (machine, bytes, { from }) => machine.push(bytes.readUInt8(from)),
  M: (machine, bytes, { from }) => machine.push(bytes.readUInt16LE(from)),
  J: (machine, bytes, { from }) => machine.push(bytes.readInt32LE(from)),
  I: (machine, bytes, { from, to }) =>
    machine.push(Number.parseInt(bytes.toString('latin1', from, Math.min(to, from + 24)), 10)),
  L: (machine, bytes, { from, to }) =>
    machine.push(Number.parseInt(bytes.toString('latin1', from, Math.min(to, from + 24)), 10)),
  '\x8a': (machine, bytes, { from, to }) =>
    machine.push(to - from <= 6 && to > from ? bytes.readIntLE(from, to - from) : undefined),
  X: TEXT,
  C: CONTENT,
  B: CONTENT,
  '\x8e': CONTENT,
  '\x82': EXTENSION,
  '\x83': EXTENSION,
  '\x84': EXTENSION,
  '\x94': (machine) => machine.put(),
  p: PUT,
  q: PUT,
  r: PUT,
  g: GET,
  h: GET,
  j: GET,
};
