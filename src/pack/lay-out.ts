import { extname } from 'node:path';
import type { PlannedEntry } from '#archive/writing/planned-entry.js';
import type { SourceFile } from '#archive/writing/source-file.js';
import { SCRIPT_EXTENSIONS } from '#handler/reference.js';
import { planEntries } from './entry-plan.js';
import type { FilesToPack } from './files/find-files.js';
import type { PreparedHandler } from './handler/prepared-handler.js';
import type { LeftOut } from './result.js';

/** What only the compilation of a script needs. */
const BUILD_FILES = new Set(['package.json', 'package-lock.json', 'yarn.lock', 'pnpm-lock.yaml', 'tsconfig.json']);

/** The entries of the archive, and every file that is none. */
export interface ArchiveLayout {
  readonly plan: readonly PlannedEntry[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Puts the files and what the handler contributes into one plan. A model directory's sources of a compiled handler stay
 * out, and so do `builds`, the archives of earlier builds. `inPlace`: the module of the last build lies in the model directory and makes way for this one.
 */
export function layOut(
  sources: readonly SourceFile[],
  { ofModel, leftOut }: FilesToPack,
  handler: PreparedHandler,
  builds: ReadonlyMap<SourceFile, string>,
  inPlace: boolean,
): ArchiveLayout {
  const compiled = new Set(handler.bundled.map(({ source }) => source.file).filter(isScript));
  const replaced = new Set(inPlace ? handler.entries.map(({ path }) => path) : []);
  const reason = `compiled into ${handler.record?.module}`;
  const out = [...leftOut];
  const kept: PlannedEntry[] = [];
  sources.forEach((source, index) => {
    const { path, file } = source;
    const forScripts = handler.record !== undefined && (BUILD_FILES.has(path) || replaced.has(path));
    const build = builds.get(source);
    if (build !== undefined) out.push({ path, reason: build });
    else if (index < ofModel && (compiled.has(file) || forScripts)) out.push({ path, reason });
    else kept.push({ path, source });
  });
  return { plan: planEntries([...kept, ...handler.entries]), leftOut: out };
}

function isScript(file: string): boolean {
  return SCRIPT_EXTENSIONS.includes(extname(file));
}
