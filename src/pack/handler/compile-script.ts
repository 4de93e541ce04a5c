import { statSync } from 'node:fs';
import { basename, sep } from 'node:path';
import type { FileEntry } from '#archive/writing/planned-entry.js';
import { sourceFile } from '#archive/writing/source-file.js';
import { MarError } from '#errors/mar-error.js';
import type { CompiledHandler } from '#handler/compile.js';
import { startTypecheck } from '#handler/typecheck.js';
import { inside } from '#inside.js';
import type { InputDeclarations } from '#manifest/declared-inputs.js';
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
  const inputs = await readInputs(compiled, entryPoint, source, options);
  const { module } = compiled;
  const origin = `the module compiled from ${file}`;
  return {
    reference: `${basename(module, '.mjs')}:${entryPoint}`,
    runtime: 'nodejs',
    path: module,
    record: { source, module, sourceMap: `${module}.map`, entryPoint },
    provided: compiled.provided,
    ...(inputs && { inputs }),
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
      .filter((input) => !input.includes(`${sep}node_modules${sep}`) && !compiled.stays.includes(input))
      .map((input) => fileEntry(inside(root, input) ?? input, input)),
    warnings: nativeWarnings(compiled.files),
    ...(isTyped && { types: startTypecheck(file, entryPoint) }),
  };
}

/** The declared inputs, in their form; they are of use where the manifest records them. */
async function readInputs(
  compiled: CompiledHandler,
  entryPoint: string,
  source: string,
  { record = true }: PackOptions,
): Promise<InputDeclarations | undefined> {
  const { declaredInputs } = await import('#handler/contract/declared-inputs.js');
  const written = await declaredInputs(compiled, entryPoint, source);
  if (written === undefined) return undefined;
  const { declarationProblems, isDeclarations } = await import('#manifest/declaration-problems.js');
  const { listProblems } = await import('#schema.js');
  const problems = declarationProblems(written);
  if (problems.length > 0 || !isDeclarations(written)) {
    throw new MarError(`The inputs that ${source} declares are not in their form.`, {
      code: 'ERR_HANDLER_CONTRACT',
      detail: listProblems(problems),
      hint: 'docs/handlers.md says what an input may have. What is called inputs and means something else needs another name.',
    });
  }
  if (record) return written;
  throw new MarError(`The handler ${source} declares inputs, which the runner finds in the record of the manifest.`, {
    code: 'ERR_HANDLER_CONTRACT',
    hint: 'Build without --no-record (record: false).',
  });
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
