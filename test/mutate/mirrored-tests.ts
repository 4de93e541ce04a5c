import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Folders of tests that hold a room to its facts from outside: what the validator says of broken archives is found by their reader, what a rule says by the facts. */
const COMPANIONS: Readonly<Record<string, readonly string[]>> = {
  'src/archive': ['test/hostile', 'test/check/rules/archive', 'test/pack', 'test/pack/files'],
  'src/check/facts': ['test/check/rules', 'test/check/rules/archive', 'test/check/rules/manifest'],
};

/**
 * The tests that a mutant of a source file is tried on, in stages: its own (`batcher.ts` → `batcher.test.ts`, `batcher-model.test.ts`),
 * then the others of the folder that mirrors its own, of those above it up to the room's, and of the room's companions.
 */
export function mirroredTests(file: string): { readonly own: string[]; readonly folder: string[] } {
  const name = basename(file, '.ts');
  const isOwn = (path: string): boolean => {
    const test = basename(path, '.test.ts');
    return test === name || test.startsWith(`${name}-`);
  };
  const [, ...rooms] = dirname(file).split('/');
  const folders = rooms.map((_, depth) => join('test', ...rooms.slice(0, rooms.length - depth)));
  const isIn = ([folder]: readonly [string, unknown]): boolean => file.startsWith(`${folder}/`);
  const companions = Object.entries(COMPANIONS)
    .filter(isIn)
    .flatMap(([, found]) => found);
  const tests = [...folders, ...companions].flatMap(testsIn);
  const own = testsIn(folders[0] ?? 'test').filter(isOwn);
  return { own, folder: tests.filter((path) => !own.includes(path)) };
}

/** Every test file, for `--whole`. */
export function allTests(): string[] {
  const found = readdirSync('test', { recursive: true, encoding: 'utf8' }).map((path) => join('test', path));
  return found.filter((path) => path.endsWith('.test.ts') && !path.startsWith('test/fixtures')).sort();
}

function testsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name));
}
