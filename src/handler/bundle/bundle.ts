import { basename, dirname, join } from 'node:path';
import type { BuildFailure, BuildOptions, BuildResult, Metafile } from 'esbuild';
import { PROVIDED_MODULES } from '#conventions/provided-modules.js';
import { loadEsbuild } from '../esbuild.js';
import { PROVIDED_FUNCTION, PROVIDED_HERE } from './child-scripts.js';
import { besideComputed, findingByName, notLoaded } from './computed-names.js';
import { type FilesBeside, filesBeside } from './files-beside.js';
import { nativeModules } from './native-modules.js';
import { bannerOf, PLACE_NAMES } from './place.js';

/** How one script becomes one module of the archive. */
export interface BundleRequest {
  /** Absolute. */
  readonly file: string;
  /** The model directory: what lies below it keeps its path in the archive. */
  readonly root: string;
  /** Path of the module in the archive. */
  readonly output: string;
  /** Packages that lie in the archive as they are installed. */
  readonly kept: readonly string[];
  /** What stands for the file itself. */
  readonly stdin?: NonNullable<BuildOptions['stdin']>;
  /** It is started as a thread or process of its own, where nobody provides modules. */
  readonly isChild?: boolean;
}

/** One module and its source map, as esbuild made them, and what the modules in it need besides. */
export interface Bundle {
  readonly code: Buffer;
  readonly sourceMap: Buffer;
  readonly exports: readonly string[];
  /** Specifiers that are left to the runner or to the archive. */
  readonly imports: readonly string[];
  readonly metafile: Metafile;
  readonly beside: FilesBeside;
}

/** Bundles a script with its local and npm imports. Fails as esbuild does. */
export async function bundle(request: BundleRequest): Promise<Bundle> {
  const folder = dirname(request.file);
  const beside = new Set<string>();
  const attempt = async (keepsAll: boolean): Promise<Attempt> => {
    try {
      return await build(request, beside, keepsAll);
    } catch (error) {
      const found = isBuildFailure(error) ? besideComputed(error, folder).filter((file) => !beside.has(file)) : [];
      if (found.length === 0) throw error;
      for (const file of found) beside.add(file);
      return attempt(keepsAll);
    }
  };
  const made = await attempt(false);
  // `import 'x'` runs x, whatever its package.json says of side effects.
  const isLost = made.result.warnings.some(({ id }) => id === 'ignored-bare-import');
  const { result, found } = isLost ? await attempt(true) : made;
  return describe(result, basename(request.output), found, folder);
}

/** Whether an error is that of a build, with its messages. */
export function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

interface Attempt {
  readonly result: BuildResult<{ metafile: true; write: false }>;
  readonly found: FilesBeside;
}

/** `beside` are files that are no scripts; `keepsAll`: nothing is left out because a package says that it has no side effects. */
async function build(request: BundleRequest, beside: ReadonlySet<string>, keepsAll: boolean): Promise<Attempt> {
  const { file, root, output, kept, stdin, isChild = false } = request;
  const { plugin, found } = filesBeside(file, root, output);
  const isCommonJs = !output.endsWith('.mjs');
  const result = await loadEsbuild().build({
    ...(stdin === undefined ? { entryPoints: [file] } : { stdin }),
    absWorkingDir: dirname(file),
    outfile: join(dirname(file), basename(output)),
    bundle: true,
    write: false,
    metafile: true,
    format: isCommonJs ? 'cjs' : 'esm',
    platform: 'node',
    target: 'node20',
    charset: 'utf8',
    sourcemap: 'linked',
    sourcesContent: true,
    external: [...(isChild ? [] : PROVIDED_MODULES), ...kept.flatMap((name) => [name, `${name}/*`])],
    define: PLACE_NAMES,
    banner: { js: [bannerOf(isCommonJs), ...(isChild ? [PROVIDED_FUNCTION] : [])].join('\n') },
    plugins: [...(isChild ? [PROVIDED_HERE] : []), nativeModules(root, output, found.data), notLoaded(beside), plugin],
    logLevel: 'silent',
    ...(keepsAll && { ignoreAnnotations: true }),
  });
  return { result, found };
}

function describe(
  { metafile, outputFiles }: BuildResult<{ metafile: true; write: false }>,
  name: string,
  beside: FilesBeside,
  directory: string,
): Bundle {
  const [output] = Object.values(metafile.outputs).filter((found) => found.entryPoint !== undefined);
  const bytes = (suffix: string): Buffer =>
    Buffer.from(outputFiles.find((found) => found.path.endsWith(suffix))?.contents ?? []);
  return {
    code: findingByName(bytes(name)),
    sourceMap: withOriginals(bytes(`${name}.map`), beside.originals, directory),
    exports: output?.exports ?? [],
    imports: (output?.imports ?? []).map(({ path }) => path),
    metafile,
    beside,
  };
}

/** The source map with the texts that the author wrote, where they were changed on the way. */
function withOriginals(map: Buffer, originals: ReadonlyMap<string, string>, directory: string): Buffer {
  if (originals.size === 0) return map;
  const parsed: { sources: string[]; sourcesContent: (string | null)[] } = JSON.parse(map.toString());
  const texts = parsed.sources.map((source, at) => originals.get(join(directory, source)) ?? parsed.sourcesContent[at]);
  return Buffer.from(`${JSON.stringify({ ...parsed, sourcesContent: texts }, null, 2)}\n`);
}
