import { join } from 'node:path';
import type { BuildFailure, Message, Plugin } from 'esbuild';

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

/** Notes and maps of packages. */
const NOTES = /[\\/]node_modules[\\/].*(\.(md|markdown|map|flow|tsbuildinfo)|\.d\.[cm]?ts)$/i;

/** Beside what is loaded by a computed name lie files that are not loaded: a package's notes and maps, and `others`. */
export function notLoaded(others: ReadonlySet<string>): Plugin {
  return {
    name: 'not-loaded',
    setup(build) {
      build.onLoad({ filter: others.size > 0 ? /./ : NOTES, namespace: 'file' }, ({ path }) => {
        if (!NOTES.test(path) && !others.has(path)) return undefined;
        const text = `${path.split(/[\\/]/).at(-1)} is not a script.`;
        return { contents: `throw new Error(${JSON.stringify(text)});`, loader: 'js' };
      });
    },
  };
}

/** The files that failed a build only because they lie beside what it loads by a computed name; none if there is another reason. */
export function besideComputed({ errors }: BuildFailure, folder: string): string[] {
  const files = errors.map((error) => {
    const file = /^No loader is configured for ".*" files: (.*)$/.exec(error.text)?.[1];
    return file === undefined || isWrittenOut(error) ? '' : join(folder, file);
  });
  return files.includes('') ? [] : files;
}

/** Whether the text at an error's place is one name, as in `import './a.b'`. */
function isWrittenOut({ location }: Message): boolean {
  if (!location) return true;
  const line = Buffer.from(location.lineText);
  const text = line.subarray(location.column, location.column + location.length).toString();
  return /^(['"`])[^'"`]*\1$/.test(text) && !text.includes('${');
}
