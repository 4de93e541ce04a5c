import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { BuildOptions, Message } from 'esbuild';
import { PROVIDED_MODULES } from '#conventions/provided-modules.js';
import { MarError } from '#errors/mar-error.js';
import { archivePlace } from './bundle/archive-place.js';
import { type Bundle, bundle, isBuildFailure } from './bundle/bundle.js';
import { scriptPlace } from './bundle/child-scripts.js';
import { withoutPlace } from './bundle/place.js';
import { codeFrame } from './code-frame.js';
import { providedVersion } from './provided.js';

/** A handler as it goes into the archive: one ES module for Node 20 and its source map. */
export interface CompiledHandler {
  /** File name of the module, for example `service.mjs`; the map is beside it as `service.mjs.map`. */
  readonly module: string;
  readonly code: Buffer;
  /** Version 3 source map with the sources' content. */
  readonly sourceMap: Buffer;
  /** Names that the module exports. */
  readonly exports: readonly string[];
  /** Every file of the user's that was bundled, absolute. */
  readonly inputs: readonly string[];
  /** Files among these that it also reads, or finds in a folder that it looks into: they stay in the archive. */
  readonly stays: readonly string[];
  /** Provided modules that it imports, with the versions compiled against. */
  readonly provided: Readonly<Record<string, string>>;
  /** Scripts that it starts as threads or processes, compiled in the same way, by their paths in the archive. */
  readonly scripts: readonly CompiledScript[];
  /** Files that bundled modules read beside themselves: absolute, and the path in the archive where they are looked for. */
  readonly files: readonly { readonly file: string; readonly path: string }[];
}

/** A script that a handler starts. */
export interface CompiledScript {
  readonly path: string;
  readonly code: Buffer;
  readonly sourceMap: Buffer;
}

/** What a handler is compiled for. */
export interface CompileOptions {
  /** The model directory, real path; that of the handler unless given. */
  readonly root?: string;
  /** Packages that the archive holds as they are installed: their imports stay. */
  readonly kept?: readonly string[];
  /** The export that is asked for by name. */
  readonly wanted?: string | undefined;
}

/**
 * Compiles a handler (.ts, .js, .mjs, .cjs) with its local and npm imports into one module with esbuild.
 * Throws `ERR_HANDLER_COMPILE` with file, line and code frame for syntax errors, imports that do not exist and native modules.
 */
export async function compileHandler(
  file: string,
  { root = dirname(file), kept = [], wanted }: CompileOptions = {},
): Promise<CompiledHandler> {
  const module = `${basename(file, extname(file))}.mjs`;
  const request = { file, root, output: module, kept };
  try {
    const first = await bundle(request);
    const isCommonJs = first.metafile.inputs[basename(file)]?.format === 'cjs';
    const made = isCommonJs
      ? await bundle({ ...request, stdin: moduleFacade(file, await commonJsExports(file, wanted)) })
      : first;
    return await describe(made, request);
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    throw compileError(error.errors, file);
  }
}

/** A name that no file can have: the ES module that is put in front of a CommonJS handler. */
const FACADE = '<exports>';

/** CommonJS exports exist only at run time: an ES module in front of it gives them names, whatever they are. */
function moduleFacade(file: string, names: readonly string[]): NonNullable<BuildOptions['stdin']> {
  const named = [...new Set(names)].filter((name) => name !== 'default').map((name) => JSON.stringify(name));
  return {
    contents: [
      `const service = require(${JSON.stringify(`./${basename(file)}`)});`,
      // What TypeScript and Babel made of an ES module has its default export inside.
      "export default service?.__esModule && 'default' in service ? service.default : service;",
      ...named.map((name, index) => `const export${index} = service[${name}];\nexport { export${index} as ${name} };`),
    ].join('\n'),
    resolveDir: dirname(file),
    sourcefile: FACADE,
  };
}

/** The names that a CommonJS module gives away, and the wanted one where what it exports cannot be seen. */
async function commonJsExports(file: string, wanted: string | undefined): Promise<string[]> {
  const { analyseScript } = await import('./analyse-script.js');
  const { exports } = analyseScript(await readFile(file, 'utf8'), basename(file));
  const names = exports.map(({ name }) => name);
  const isSeen = exports.every(({ name, kind }) => name !== 'default' || kind !== 'unknown') && exports.length > 0;
  return wanted === undefined || isSeen || names.includes(wanted) ? names : [...names, wanted];
}

interface Request {
  readonly file: string;
  readonly root: string;
  readonly output: string;
  readonly kept: readonly string[];
}

async function describe(made: Bundle, request: Request): Promise<CompiledHandler> {
  const { file, root, output: module } = request;
  const children = await compileScripts(made, request);
  const provided = made.imports.flatMap((path) => {
    const version = PROVIDED_MODULES.includes(path) ? providedVersion(path) : undefined;
    return version === undefined ? [] : [[path, version] as const];
  });
  const all = [made, ...children.map(({ bundled }) => bundled)];
  const inputs = [...inputsOf(made, file), ...children.flatMap(({ script, bundled }) => inputsOf(bundled, script))];
  const files = new Set(all.flatMap(({ beside }) => [...beside.data]));
  const listed = new Set(all.flatMap(({ beside }) => [...beside.listed]));
  const isFile = (input: string) => input !== file && (files.has(input) || listed.has(dirname(input)));
  return {
    module,
    code: made.code,
    sourceMap: made.sourceMap,
    exports: made.exports,
    inputs: [...new Set(inputs)],
    stays: [...new Set(inputs)].filter(isFile),
    provided: Object.fromEntries([...new Map(provided)].sort(([a], [b]) => (a < b ? -1 : 1))),
    scripts: children.map(({ path, bundled: { code, sourceMap } }) => ({ path, code, sourceMap })),
    files: [...files].map((found) => ({ file: found, path: archivePlace(found, root) })),
  };
}

interface Child {
  readonly script: string;
  readonly path: string;
  readonly bundled: Bundle;
}

/** The scripts that a bundle starts, those that they start in turn, and so on. */
async function compileScripts(made: Bundle, { root, kept }: Request): Promise<Child[]> {
  const children = new Map<string, Child>();
  const left = [...made.beside.scripts];
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const [script, ending] = next;
    if (children.has(script)) continue;
    const path = scriptPlace(archivePlace(script, root), ending);
    const bundled = await bundle({ file: script, root, output: path, kept, isChild: true });
    children.set(script, { script, path, bundled });
    left.push(...bundled.beside.scripts);
  }
  return [...children.values()];
}

function inputsOf({ metafile }: Bundle, file: string): string[] {
  return Object.keys(metafile.inputs)
    .filter((path) => path !== FACADE && !path.startsWith('provided:'))
    .map((path) => join(dirname(file), path));
}

function compileError(errors: readonly Message[], file: string): MarError {
  const hints = errors.flatMap((error) => error.notes.map((note) => note.text));
  const missing = errors.flatMap((error) => /^Could not resolve "([^"]+)"/.exec(error.text)?.[1] ?? []);
  const isData = errors.some((error) => error.text.startsWith('No loader is configured'));
  const hint = missing.length > 0 ? importHint(missing) : isData ? READ_HINT : hints[0];
  return new MarError(`The handler ${basename(file)} cannot be compiled.`, {
    code: 'ERR_HANDLER_COMPILE',
    detail: errors.map(describeMessage).join('\n'),
    ...(hint && { hint }),
  });
}

/** Node itself imports scripts, JSON and WebAssembly modules only. */
const READ_HINT =
  "Read the file instead of importing it: readFileSync(new URL('./FILE', import.meta.url)); it is packed then.";

function importHint(missing: readonly string[]): string {
  const paths = missing.filter((name) => /^[./]/.test(name)).map((name) => `'${name}'`);
  const packages = missing.filter((name) => !/^[./]/.test(name));
  return [
    ...(paths.length > 0 ? [`Check the ${paths.length === 1 ? 'path' : 'paths'} ${paths.join(', ')}.`] : []),
    ...(packages.length > 0 ? [`Install beside the handler: npm install ${packages.join(' ')}.`] : []),
  ].join(' ');
}

function describeMessage({ text, location }: Message): string {
  if (!location) return `  ${text}`;
  const { file, line } = location;
  const { lineText, column } = withoutPlace(location);
  const padded = `${'\n'.repeat(line - 1)}${lineText}`;
  return `${file}:${line}:${column + 1}: ${text}\n${codeFrame(padded, { line, column: column + 1 }, 0)}`;
}
