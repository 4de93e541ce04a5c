import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { BuildFailure, BuildOptions, BuildResult, Message, Metafile } from 'esbuild';
import { PROVIDED_MODULES } from '#conventions/provided-modules.js';
import { MarError } from '#errors/mar-error.js';
import { codeFrame } from './code-frame.js';
import { loadEsbuild } from './esbuild.js';
import { nativeModules } from './native-modules.js';
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
  /** Provided modules that it imports, with the versions compiled against. */
  readonly provided: Readonly<Record<string, string>>;
}

/** Bundled CommonJS packages ask for Node's built-in modules through `require`, which an ES module does not have. */
const REQUIRE_BANNER =
  "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);";

/**
 * Compiles a handler (.ts, .js, .mjs, .cjs) with its local and npm imports into one module with esbuild.
 * Throws `ERR_HANDLER_COMPILE` with file, line and code frame for syntax errors, imports that do not exist and native modules.
 */
export async function compileHandler(file: string): Promise<CompiledHandler> {
  const module = `${basename(file, extname(file))}.mjs`;
  try {
    const result = await bundle(file, module, { entryPoints: [file] });
    if (entryFormat(result.metafile, file) !== 'cjs') return describe(result, file, module);
    const names = await commonJsExports(file);
    return describe(await bundle(file, module, { stdin: moduleFacade(file, names) }), file, module);
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    throw compileError(error.errors, file);
  }
}

async function bundle(file: string, module: string, entry: Pick<BuildOptions, 'entryPoints' | 'stdin'>) {
  return loadEsbuild().build({
    ...entry,
    absWorkingDir: dirname(file),
    outfile: join(dirname(file), module),
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    charset: 'utf8',
    sourcemap: 'linked',
    sourcesContent: true,
    external: [...PROVIDED_MODULES],
    banner: { js: REQUIRE_BANNER },
    plugins: [nativeModules],
    logLevel: 'silent',
  });
}

/** A name that no file can have: the ES module that is put in front of a CommonJS handler. */
const FACADE = '<exports>';

/** CommonJS exports exist only at run time: an ES module in front of it gives them names, whatever they are. */
function moduleFacade(file: string, names: readonly string[]): NonNullable<BuildOptions['stdin']> {
  const named = names.filter((name) => name !== 'default').map((name) => JSON.stringify(name));
  return {
    contents: [
      `import service from ${JSON.stringify(`./${basename(file)}`)};`,
      'export default service;',
      ...named.map((name, index) => `const export${index} = service[${name}];\nexport { export${index} as ${name} };`),
    ].join('\n'),
    resolveDir: dirname(file),
    sourcefile: FACADE,
  };
}

async function commonJsExports(file: string): Promise<string[]> {
  const { analyseScript } = await import('./analyse-script.js');
  return analyseScript(await readFile(file, 'utf8'), basename(file)).exports.map(({ name }) => name);
}

function describe(
  result: BuildResult<{ metafile: true; write: false }>,
  file: string,
  module: string,
): CompiledHandler {
  const directory = dirname(file);
  const [output] = Object.values(result.metafile.outputs).filter((found) => found.entryPoint !== undefined);
  const bytes = (suffix: string): Buffer =>
    Buffer.from(result.outputFiles.find((found) => found.path.endsWith(suffix))?.contents ?? []);
  const provided = (output?.imports ?? []).flatMap(({ path }) => {
    const version = PROVIDED_MODULES.includes(path) ? providedVersion(path) : undefined;
    return version === undefined ? [] : [[path, version] as const];
  });
  return {
    module,
    code: bytes('.mjs'),
    sourceMap: bytes('.mjs.map'),
    exports: output?.exports ?? [],
    inputs: Object.keys(result.metafile.inputs)
      .filter((path) => path !== FACADE)
      .map((path) => join(directory, path)),
    provided: Object.fromEntries([...new Map(provided)].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function entryFormat(metafile: Metafile, file: string): string | undefined {
  return metafile.inputs[basename(file)]?.format;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as { errors?: unknown }).errors);
}

function compileError(errors: readonly Message[], file: string): MarError {
  const hints = errors.flatMap((error) => error.notes.map((note) => note.text));
  const missing = errors.flatMap((error) => /^Could not resolve "([^"]+)"/.exec(error.text)?.[1] ?? []);
  const hint = missing.length > 0 ? importHint(missing) : hints[0];
  return new MarError(`The handler ${basename(file)} cannot be compiled.`, {
    code: 'ERR_HANDLER_COMPILE',
    detail: errors.map(describeMessage).join('\n'),
    ...(hint && { hint }),
  });
}

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
  const { file, line, column, lineText } = location;
  const padded = `${'\n'.repeat(line - 1)}${lineText}`;
  return `${file}:${line}:${column + 1}: ${text}\n${codeFrame(padded, { line, column: column + 1 }, 0)}`;
}
