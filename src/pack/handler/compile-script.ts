import { statSync } from 'node:fs';
import { basename, sep } from 'node:path';
import type { FileEntry } from '#archive/writing/planned-entry.js';
import { sourceFile } from '#archive/writing/source-file.js';
import { MarError } from '#errors/mar-error.js';
import { startTypecheck } from '#handler/typecheck.js';
import { inside } from '#inside.js';
import type { PackOptions } from '../options.js';
import type { PackWarning } from '../result.js';
import type { PreparedHandler } from './prepared-handler.js';

/** Compiles a handler in TypeScript or JavaScript, chooses its export and starts the check of its types. `paths` is what is packed anyway. */
export async function compileScript(
  file: string,
  root: string,
  wanted: string | undefined,
  options: PackOptions,
  paths: readonly string[],
): Promise<PreparedHandler> {
  const source = inside(root, file) ?? basename(file);
  if (options.runtime !== undefined && options.runtime !== 'nodejs') {
    throw new MarError(`The handler ${source} needs the runtime nodejs, not ${options.runtime}.`, {
      code: 'ERR_RUNTIME',
    });
  }
  const { compileHandler } = await import('#handler/compile.js');
  const { keptPackages } = await import('#handler/bundle/kept-packages.js');
  const { checkProvidedImports } = await import('#handler/contract/provided-imports.js');
  const { checkScriptContract } = await import('#handler/contract/script-contract.js');
  const { chooseEntryPoint } = await import('#handler/entry-point.js');
  const compiled = await compileHandler(file, { root, kept: keptPackages(root, paths), wanted });
  const entryPoint = chooseEntryPoint(compiled.exports, wanted, source);
  await checkProvidedImports(compiled, source);
  const isTyped = /\.[mc]?ts$/.test(file);
  if (!isTyped) await checkScriptContract(file, entryPoint, source);
  const { module } = compiled;
  const origin = `the module compiled from ${file}`;
  return {
    reference: `${basename(module, '.mjs')}:${entryPoint}`,
    runtime: 'nodejs',
    path: module,
    record: { source, module, sourceMap: `${module}.map`, entryPoint },
    provided: compiled.provided,
    entries: [
      { path: module, bytes: compiled.code, origin },
      { path: `${module}.map`, bytes: compiled.sourceMap, origin },
      ...compiled.scripts.flatMap(({ path, code, sourceMap }) => [
        { path, bytes: code, origin: `a script compiled for ${file}` },
        { path: `${path}.map`, bytes: sourceMap, origin: `a script compiled for ${file}` },
      ]),
      ...compiled.files.filter(({ path }) => !paths.includes(path)).map(({ path, file }) => fileEntry(path, file)),
    ],
    bundled: compiled.inputs
      .filter((input) => !input.includes(`${sep}node_modules${sep}`))
      .map((input) => fileEntry(inside(root, input) ?? input, input)),
    warnings: nativeWarnings(compiled.files),
    ...(isTyped && { types: startTypecheck(file, entryPoint) }),
  };
}

/** Binaries run on machines like this one only. */
function nativeWarnings(files: readonly { readonly path: string }[]): PackWarning[] {
  const native = files.map(({ path }) => path).filter((path) => path.endsWith('.node'));
  if (native.length === 0) return [];
  const message = `The handler brings native code, which runs on machines like those it was built for (here ${process.platform}-${process.arch}): ${native.join(', ')}.`;
  return [{ code: 'native-code', message }];
}

/** A file of the disk as the entry `path`. */
export function fileEntry(path: string, file: string): FileEntry {
  return { path, source: sourceFile({ path, file }, statSync(file)) };
}
