export { type ErrorKind, MarError } from '#errors.js';
export { VERSION } from '#version.js';

import type { PackOptions } from '#pack/options.js';
import type { PackResult } from '#pack/result.js';

export type { TypeProblem } from '#handler/typecheck.js';
export type { Compression, PackFormat, PackOptions } from '#pack/options.js';
export type { LeftOut, PackedEntry, PackProgress, PackResult, PackWarning } from '#pack/result.js';

/** Packs a model directory, or files named one by one, with its handler into a model archive. */
export async function pack(options: PackOptions): Promise<PackResult> {
  const module = await import('#pack/pack.js');
  return module.pack(options);
}

import type { InspectOptions, InspectResult } from '#inspect/inspect.js';

export type { InspectOptions, InspectResult } from '#inspect/inspect.js';

/** What an archive or model directory holds, without running it: manifest, entries and digests, models, device context. */
export async function inspect(path: string, options?: InspectOptions): Promise<InspectResult> {
  const module = await import('#inspect/inspect.js');
  return module.inspect(path, options);
}

import type { RuleDescription } from '#check/describe-rules.js';
import type { ValidationReport } from '#check/finding.js';
import type { ValidateOptions } from '#check/options.js';

export type { RuleDescription } from '#check/describe-rules.js';
export type {
  ArchiveReport,
  Finding,
  Location,
  Severity,
  Target,
  ValidationReport,
  Verdict,
} from '#check/finding.js';
export type { ValidateOptions } from '#check/options.js';

/** Checks archives and model directories against every rule. Nothing of them is executed unless `run` is given. */
export async function validate(paths: readonly string[], options?: ValidateOptions): Promise<ValidationReport> {
  const module = await import('#check/validate.js');
  const run = async (path: string) => (await import('#testing/run-golden-cases.js')).runGoldenCases(path);
  return module.validate(paths, options, run);
}

/** Every rule of the validator in words, or the one with an id or name. */
export async function rules(idOrName?: string): Promise<RuleDescription[]> {
  const module = await import('#check/describe-rules.js');
  return module.describeRules(idOrName);
}

import type { LocalModelOptions } from '#testing/local-model.js';
import type { PredictInput, PredictResult } from '#testing/predict.js';
import type { GoldenResult } from '#testing/run-golden-cases.js';

export type { LocalModelOptions } from '#testing/local-model.js';
export type { PredictInput, PredictResult } from '#testing/predict.js';
export type { CaseResult, GoldenResult } from '#testing/run-golden-cases.js';

/** One inference without a server: the archive's model is loaded in a worker process for it. */
export async function predict(
  archive: string,
  input: PredictInput,
  options?: LocalModelOptions,
): Promise<PredictResult> {
  const module = await import('#testing/predict.js');
  return module.predict(archive, input, options);
}

/** Loads the model of an archive and runs its golden cases. */
export async function test(archive: string, options?: LocalModelOptions): Promise<GoldenResult> {
  const module = await import('#testing/run-golden-cases.js');
  return module.runGoldenCases(archive, options);
}
