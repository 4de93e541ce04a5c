import { declareDevice } from '#device/declare-device.js';
import { MarError, messageOf } from '#errors.js';
import type { Typecheck } from '#handler/start-typecheck.js';
import type { TypeProblem } from '#handler/typecheck.js';
import { buildManifest } from './build-manifest.js';
import { type Collected, collectFiles } from './collect.js';
import { duplicateWarnings } from './duplicates.js';
import { type PlannedEntry, planEntries } from './entry-plan.js';
import { extraFiles } from './extra-files.js';
import { findSecrets, refuseSecrets } from './find-secrets.js';
import { ignoreRules } from './ignore-rules.js';
import { findModelDirectory, type ModelDirectory } from './model-directory.js';
import { modelNameWarnings, nameWarnings } from './name-warnings.js';
import { namedFiles } from './named-files.js';
import { checkModelName, type PackOptions, throwIfAborted } from './options.js';
import { type PreparedHandler, prepareHandler } from './prepare-handler.js';
import { SmallFiles } from './read-source.js';
import type { PackResult, PackWarning } from './result.js';
import type { SourceFile } from './source-file.js';
import { chooseTarget } from './target.js';
import { writeArchive } from './write-archive.js';

/** What only the compilation of a script needs. */
const BUILD_FILES = new Set(['package.json', 'package-lock.json', 'yarn.lock', 'pnpm-lock.yaml', 'tsconfig.json']);

/**
 * Packs a model directory, or files named one by one, with its handler into a model archive.
 * Errors are `MarError`s; whatever happens, the target is either complete or untouched.
 */
export async function pack(options: PackOptions): Promise<PackResult> {
  checkModelName(options.modelName);
  const directory = await findModelDirectory(options);
  try {
    return await packDirectory(directory, options);
  } finally {
    await directory.dispose();
  }
}

async function packDirectory({ path, legacy }: ModelDirectory, given: PackOptions): Promise<PackResult> {
  const options = legacy?.handler === undefined ? given : { handler: legacy.handler, ...given };
  const device = declareDevice(options);
  const target = chooseTarget(options, path);
  const smallFiles = new SmallFiles();
  const collected = collect(path, options, smallFiles);
  const files = namedFiles(options);
  const extra = extraFiles(options, smallFiles);
  const paths = [...collected.files, ...files.entries, ...extra.entries].map((entry) => entry.path);
  const handler = await prepareHandler(options, path, paths);
  try {
    const added = [...files.entries, ...handler.entries, ...extra.entries];
    const { plan, leftOut } = layOut(collected, added, handler, target.inPlace);
    if (plan.length === 0) throw emptyModel(options);
    if (!options.allowSecrets) refuseSecrets(await findSecrets(plan, smallFiles));
    throwIfAborted(options.signal);
    const written = await writeArchive(target, plan, options, smallFiles, (entries) =>
      buildManifest({ options, handler, files: files.fields, device, legacy, entries }),
    );
    const types = await outcome(handler.types);
    return {
      target: target.path,
      format: target.format,
      dryRun: options.dryRun ?? false,
      ...written,
      leftOut: [...leftOut, ...extra.leftOut],
      warnings: [
        ...extra.warnings,
        ...modelNameWarnings(options.modelName, target.path),
        ...types.warnings,
        ...(handler.warnings ?? []),
        ...nameWarnings(plan.map((entry) => entry.path)),
        ...duplicateWarnings(written.entries),
      ],
      typeProblems: types.problems,
    };
  } finally {
    handler.types?.stop();
  }
}

/** The archive is whole by now: a checker that failed is a warning. */
async function outcome(
  types: Typecheck | undefined,
): Promise<{ problems: readonly TypeProblem[]; warnings: PackWarning[] }> {
  try {
    return { problems: (await types?.problems) ?? [], warnings: [] };
  } catch (error) {
    return { problems: [], warnings: [{ code: 'types-unchecked', message: messageOf(error) }] };
  }
}

function collect(modelDirectory: string | undefined, options: PackOptions, smallFiles: SmallFiles): Collected {
  if (modelDirectory === undefined) return { files: [], leftOut: [] };
  const rules = ignoreRules(modelDirectory, options.exclude ?? []);
  const collected = collectFiles(modelDirectory, rules, smallFiles);
  if (collected.files.length === 0) throw emptyModel(options);
  return collected;
}

function layOut(collected: Collected, entries: readonly PlannedEntry[], handler: PreparedHandler, inPlace: boolean) {
  const compiled = new Set(handler.compiledFrom);
  // In place, the module of the last build lies in the model directory and makes way for this one.
  const replaced = new Set(inPlace ? handler.entries.map(({ path }) => path) : []);
  const isSource = ({ path, file }: SourceFile): boolean =>
    compiled.has(file) || (handler.record !== undefined && (BUILD_FILES.has(path) || replaced.has(path)));
  const kept = collected.files.filter((source) => !isSource(source));
  const sources = collected.files.filter(isSource);
  const reason = `compiled into ${handler.record?.module}`;
  return {
    plan: planEntries([...kept.map((source) => ({ path: source.path, source })), ...entries]),
    leftOut: [...collected.leftOut, ...sources.map(({ path }) => ({ path, reason }))],
  };
}

function emptyModel(options: PackOptions): MarError {
  return new MarError(`There is nothing to pack in ${options.modelPath ?? 'the files given'}.`, {
    code: 'ERR_MODEL_EMPTY',
    hint: 'Put the model and its handler there; hidden files, caches and .mar files do not count.',
  });
}
