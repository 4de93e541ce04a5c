import { extname } from 'node:path';
import type { Plugin } from 'esbuild';
import { PROVIDED_MODULES } from '#conventions/provided-modules.js';
import type { ScriptEnding } from './files-beside.js';

/**
 * In a thread or process that a handler starts, nobody makes imports of the provided modules lead anywhere: the bundle itself asks for
 * them where `MAR_PROVIDED` says that they are, the environment that the worker hands on.
 */
export const PROVIDED_HERE: Plugin = {
  name: 'provided-here',
  setup(build) {
    build.onResolve({ filter: /./ }, ({ path }) =>
      PROVIDED_MODULES.includes(path) ? { path, namespace: 'provided' } : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'provided' }, ({ path }) => ({
      contents: `module.exports = __provided(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};

/** The function behind `PROVIDED_HERE`, for the start of a bundle. */
export const PROVIDED_FUNCTION =
  "const __provided = (name) => require(JSON.parse(process.env.MAR_PROVIDED ?? '{}')[name] ?? name);";

/** The path that a script has in the archive: its ending is one that Node runs there. */
export function scriptPlace(place: string, ending: ScriptEnding): string {
  return place.slice(0, -extname(place).length) + ending;
}
