import type { Plugin } from 'esbuild';

/** What esbuild puts into a bundle for `require('./plugins/' + name)`: it finds a file only by its whole name. */
const BY_WHOLE_NAME =
  /var fn = map\[path\];(\s+if \(fn\) return fn\(\);\s+throw) new Error\("Module not found in bundle: " \+ path\);/;

/** The endings that Node tries, and those that sources are written with. */
const ENDINGS = [
  '',
  '.js',
  '.json',
  '.node',
  '.cjs',
  '.mjs',
  '.ts',
  '.cts',
  '.mts',
  '/index.js',
  '/index.json',
  '/index.ts',
];

const FIND = `var fn = ${JSON.stringify(ENDINGS)}.flatMap((end) => [path + end, path.replace(/\\/+$/, '') + end, path.replace(/\\.([cm]?)js$/, '.$1ts') + end]).filter((known) => Object.hasOwn(map, known)).map((known) => map[known])[0];`;
const MISSING = `Object.assign(new Error("Cannot find module '" + path + "' among those that were bundled: " + Object.keys(map).join(', ')), { code: 'MODULE_NOT_FOUND' });`;

/** A bundle whose computed imports find a script by its name without an ending too, as `require` does. Lines keep their numbers. */
export function findingByName(code: Buffer): Buffer {
  const text = code.toString();
  const found = text.replace(BY_WHOLE_NAME, (_all, between: string) => `${FIND}${between} ${MISSING}`);
  return found === text ? code : Buffer.from(found);
}

/** Beside what a package loads by a computed name lie its notes and maps, which it does not load. */
export const NOT_LOADED: Plugin = {
  name: 'not-loaded',
  setup(build) {
    build.onLoad(
      { filter: /[\\/]node_modules[\\/].*(\.(md|markdown|map|flow|tsbuildinfo)|\.d\.[cm]?ts)$/i },
      ({ path }) => ({
        contents: `throw new Error(${JSON.stringify(`${path.split(/[\\/]/).at(-1)} is not a script.`)});`,
        loader: 'js',
      }),
    );
  },
};
