import type { Arguments, Atom, From, Origin, Path, Text, Thing, Value } from './values.js';
import { NOTHING } from './values.js';

/** So many atoms are kept of a value, and beyond that no texts. */
const MOST = 5;
const MOST_OF_ALL = 10;

/** A text as a value. */
export const text = (content: string): Text => ({ kind: 'text', text: content });
/** Something of Node, by its way. */
export function path(way: string): Path {
  const known = PATHS.get(way);
  if (known !== undefined) return known;
  if (PATHS.size > 20_000) PATHS.clear();
  const made: Path = { kind: 'path', path: way, isHot: HOT.test(way) };
  PATHS.set(way, made);
  return made;
}

/** Ways that are used again and again. */
const PATHS = new Map<string, Path>();
const HOT =
  /^(child_process|vm|worker_threads|cluster|inspector)\b|^(eval|Function|require)$|^=>(?!globalThis)|^process\.(binding|_linkedBinding|getBuiltinModule|dlopen|execve)$/;
/** Where a value comes from. */
export const from = (origin: Origin): From => ({ kind: 'from', origin });

/** How much a list grew: not at all, by what is of little interest, by objects and functions, by what starts programs. */
export const GROWTH = { none: 0, plain: 1, thing: 2, hot: 3 } as const;

/** Puts atoms into a list that does not have them. */
export function join(known: Atom[], added: Value): number {
  let grew: number = GROWTH.none;
  for (const atom of added) {
    if (
      known.length >= MOST &&
      (known.length >= MOST_OF_ALL || weightOf(atom) === GROWTH.plain) &&
      !(known.length < 4 * MOST_OF_ALL && weightOf(atom) === GROWTH.hot)
    )
      continue;
    if (atom.kind === 'thing' ? known.includes(atom) : known.some((one) => isSame(one, atom))) continue;
    known.push(atom);
    grew = Math.max(grew, weightOf(atom));
  }
  return grew;
}

function weightOf(atom: Atom): number {
  if (atom.kind === 'path') return atom.isHot ? GROWTH.hot : GROWTH.plain;
  if (atom.kind === 'from') return atom.origin === 'decoded' ? GROWTH.hot : GROWTH.plain;
  return atom.kind === 'thing' ? GROWTH.thing : GROWTH.plain;
}

/** One value or the other. */
export function union(...values: readonly Value[]): Value {
  const some = values.filter(({ length }) => length > 0);
  if (some.length < 2) return some[0] ?? NOTHING;
  const all: Atom[] = [];
  for (const value of some) join(all, value);
  return all;
}

function isSame(one: Atom, other: Atom): boolean {
  if (one === other) return true;
  if (one.kind !== other.kind || one.kind === 'thing') return false;
  if (one.kind === 'text') return other.kind === 'text' && one.text === other.text;
  if (one.kind === 'path') return other.kind === 'path' && one.path === other.path;
  if (one.kind === 'from') return other.kind === 'from' && one.origin === other.origin;
  if (one.kind === 'keys') return other.kind === 'keys' && isSame(one.of, other.of);
  if (one.kind === 'each') return other.kind === 'each' && isSame(one.of, other.of);
  if (one.kind === 'accessor') return other.kind === 'accessor' && one.of === other.of && one.sets === other.sets;
  return false;
}

/** The texts that a value may be. */
export const textsOf = (value: Value): string[] => value.flatMap((atom) => (atom.kind === 'text' ? [atom.text] : []));

/** The ways that a value may be. */
export const pathsOf = (value: Value): string[] => value.flatMap((atom) => (atom.kind === 'path' ? [atom.path] : []));

/** The things that a value may be. */
export const thingsOf = (value: Value): Thing[] => value.flatMap((atom) => (atom.kind === 'thing' ? [atom] : []));

/** Where a value comes from, as far as it is known. */
export const originsOf = (value: Value): Value => value.filter(({ kind }) => kind === 'from');

/** Whether a value comes from there. */
export const isFrom = (value: Value, origin: Origin): boolean =>
  value.some((atom) => atom.kind === 'from' && atom.origin === origin);

/** The argument at a place. */
export const argument = ({ list, rest }: Arguments, index: number): Value =>
  union(list[index] ?? NOTHING, index >= list.length ? rest : NOTHING);

/** All that a function is called with, as one value. */
export const argumentsTogether = ({ list, rest }: Arguments): Value => union(...list, rest);

/** Whether it can be called. */
export const isCallable = (atom: Atom): boolean =>
  atom.kind === 'path' ||
  (atom.kind === 'thing' && (atom.code !== undefined || atom.bound !== undefined || atom.resolves !== undefined));
