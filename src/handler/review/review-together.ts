import { posix } from 'node:path';
import type { Remark } from './remark.js';
import { callsAtImport, reviewPython } from './review-python.js';

/** Characters that are parsed to tell who calls whom, over all sources. */
const MOST_PARSED = 8 * 1024 * 1024;

/**
 * What a reviewer must see in Python sources that can import each other, by their paths: a function that starts a program is as good as
 * a statement where another source calls it while it is imported. Sources without remarks are left out.
 */
export function reviewTogether(sources: ReadonlyMap<string, string>): Map<string, readonly Remark[]> {
  const remarks = new Map<string, readonly Remark[]>();
  for (const [path, text] of sources) {
    const found = reviewPython(text);
    if (found.length > 0) remarks.set(path, found);
  }
  const starting = new Set([...remarks].flatMap(([path, found]) => (found.some(startsSomething) ? [path] : [])));
  if (starting.size === 0) return remarks;
  for (const [path, called] of calledAcross(sources)) {
    const text = starting.has(path) ? sources.get(path) : undefined;
    if (text !== undefined) remarks.set(path, reviewPython(text, called));
  }
  return remarks;
}

const startsSomething = ({ kind, message }: Remark): boolean => kind === 'shell' || message.includes('code from text');

/** Of each source, the names that others call in it while they are imported themselves. */
function calledAcross(sources: ReadonlyMap<string, string>): Map<string, ReadonlySet<string>> {
  const called = new Map<string, Set<string>>();
  const open = [...sources.keys()];
  let left = MOST_PARSED;
  for (const path of open) {
    const text = sources.get(path) ?? '';
    left -= text.length;
    if (left < 0) break;
    const { modules, names } = callsAtImport(text, called.get(path) ?? new Set());
    for (const target of [...modules].flatMap((module) => placesOf(module, path, sources))) {
      const known = called.get(target) ?? new Set();
      const before = known.size;
      for (const name of names) if (sources.get(target)?.includes(name)) known.add(name);
      if (known.size === before || target === path) continue;
      called.set(target, known);
      open.push(target);
    }
  }
  return called;
}

/** Where a module may lie that a source at `path` names, beside it or at the top. */
function placesOf(module: string, path: string, sources: ReadonlyMap<string, string>): string[] {
  const [, dots = '', names = ''] = /^(\.*)(.*)$/.exec(module) ?? [];
  const folder = posix.dirname(path);
  const bases = dots === '' ? [folder, '.'] : [posix.join(folder, '../'.repeat(dots.length - 1))];
  const way = names.replaceAll('.', '/');
  const places = bases.flatMap((base) => [
    posix.join(base, `${way}.py`),
    posix.join(base, way, '__init__.py'),
    // A method of a class, or a function, that is imported with its module's name in front.
    posix.join(base, `${posix.dirname(way)}.py`),
  ]);
  return [...new Set(places)].filter((place) => sources.has(place));
}
