import { compressor } from '#archive/writing/compression.js';
import { throwIfAborted } from '#archive/writing/throw-if-aborted.js';
import { declareDevice } from '#device/declare-device.js';
import { withBridge } from './bridge/with-bridge.js';
import { buildManifest } from './build-manifest.js';
import { checkOptions } from './check-options.js';
import { compressionPolicy } from './compression-policy.js';
import { duplicateWarnings } from './duplicates.js';
import { earlierBuilds } from './files/earlier-build.js';
import { findFiles, nothingToPack } from './files/find-files.js';
import { findSecrets, refuseSecrets, secretWarnings } from './files/find-secrets.js';
import { requirementWarnings } from './files/requirement-warnings.js';
import { takeIn } from './files/take-in.js';
import { layOut } from './lay-out.js';
import { findModelDirectory, type ModelDirectory } from './model-directory.js';
import { modelNameWarnings, nameWarnings } from './name-warnings.js';
import { checkModelName, type PackOptions } from './options.js';
import { checkPackedHandler } from './packed-handler.js';
import { prepareHandler } from './prepare-handler.js';
import type { PackResult } from './result.js';
import { chooseTarget } from './target.js';
import { typeOutcome } from './type-outcome.js';
import { writeArchive } from './write-archive.js';

/**
 * Packs a model directory, or files named one by one, with its handler into a model archive.
 * Errors are `MarError`s; whatever happens, the target is either complete or untouched.
 */
export async function pack(options: PackOptions): Promise<PackResult> {
  checkOptions(options);
  checkModelName(options.modelName);
  const directory = await findModelDirectory(options);
  try {
    return await packDirectory(directory, options);
  } finally {
    await directory.dispose();
  }
}

async function packDirectory({ path, origin, legacy }: ModelDirectory, given: PackOptions): Promise<PackResult> {
  const options = {
    ...(legacy?.handler && { handler: legacy.handler }),
    ...(origin && { modelPath: origin }),
    ...given,
  };
  const device = declareDevice(options);
  const target = await chooseTarget(options, path);
  const compress = compressor(compressionPolicy(options, target.form));
  const found = findFiles(path, options, target);
  const taking = takeIn(found.files, compress, options.signal);
  taking.catch(() => {});
  const preparing = prepareHandler(
    options,
    path,
    found.files.map((file) => file.path),
  );
  preparing.catch(() => {});
  try {
    const sources = await taking;
    const prepared = await preparing;
    const { handler, requirements } = await withBridge(prepared, options, found.named.requirementsFile);
    const builds = await earlierBuilds(sources, options.signal);
    const { plan: laidOut, leftOut } = layOut(sources, found, handler, builds, target.inPlace);
    const plan = requirements ? await requirements.addTo(laidOut) : laidOut;
    if (plan.length === 0) throw nothingToPack(options);
    const unseen = checkPackedHandler(prepared, new Set(plan.map((entry) => entry.path)), leftOut);
    const secrets = await findSecrets(plan, handler.bundled);
    if (!options.allowSecrets) refuseSecrets(secrets);
    throwIfAborted(options.signal);
    const types = typeOutcome(handler, options.strict ?? false);
    types.catch(() => {});
    const written = await writeArchive(target, plan, options, compress, {
      describe: (entries) =>
        buildManifest({
          options,
          handler,
          files: { ...found.named, ...requirements?.fields },
          device,
          legacy,
          entries,
        }),
      approved: types,
    });
    const { problems, warnings } = await types;
    return {
      target: target.path,
      format: target.form.name,
      dryRun: options.dryRun ?? false,
      ...(origin !== undefined && { modelPath: origin }),
      ...written,
      leftOut,
      warnings: [
        ...found.warnings,
        ...secretWarnings(secrets),
        ...modelNameWarnings(options.modelName, target.path),
        ...warnings,
        ...(handler.warnings ?? []),
        ...unseen,
        ...(prepared.runtime === 'nodejs' ? [] : await requirementWarnings(plan, found.named.requirementsFile)),
        ...nameWarnings(plan.map((entry) => entry.path)),
        ...duplicateWarnings(written.entries),
      ],
      typeProblems: problems,
    };
  } finally {
    const handler = await preparing.catch(() => undefined);
    handler?.types?.stop();
  }
}
