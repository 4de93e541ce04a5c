/** The public API: functions that load their phase when called, so that `--help` pays for none. Each returns a result; none prints. */

import type { ExtractResult } from '#archive/extract.js';
import type { ExtractFileOptions } from '#archive/extract-file.js';
import type { BenchOptions } from '#bench/options.js';
import type { BenchResult } from '#bench/result.js';
import type { RuleDescription } from '#check/describe-rules.js';
import type { ExplainOptions, Explanation } from '#check/explain.js';
import type { ValidationReport } from '#check/finding.js';
import type { ValidateOptions } from '#check/options.js';
import type { ArchiveRunner } from '#check/validate.js';
import type { CostOptions, CostTable } from '#cost/cost-table.js';
import type { Recorder } from '#init/golden-case.js';
import type { InitOptions, InitResult } from '#init/init.js';
import type { DiffResult } from '#inspect/diff.js';
import type { InspectOptions, InspectResult } from '#inspect/inspect.js';
import type { PackConfig } from '#pack/load-config.js';
import type { PackOptions } from '#pack/options.js';
import type { PackResult } from '#pack/result.js';
import type { SourceOptions } from '#pack/source/pack-source.js';
import type { ConfigValue } from '#serve/config/resolve.js';
import type { ServeOptions } from '#serve/config/serve-options.js';
import type { Server } from '#serve/serve.js';
import type { LocalModelOptions } from '#testing/local-model.js';
import type { PredictInput, PredictResult } from '#testing/predict.js';
import type { RecordedInput } from '#testing/record-inputs.js';
import type { GoldenOptions, GoldenResult } from '#testing/run-golden-cases.js';

export type { ExtractResult } from '#archive/extract.js';
export type { ExtractFileOptions } from '#archive/extract-file.js';
export type { PackFormat } from '#archive/format.js';
export { archiveEnding, PACK_FORMATS } from '#archive/formats.js';
export type { ReadProgress } from '#archive/watched.js';
export type { Compression } from '#archive/writing/compression.js';
export type { PackedEntry } from '#archive/writing/packed-entry.js';
export type { FailOn } from '#bench/baseline/compare.js';
export { FIGURES, type FigureName } from '#bench/measure/figure-names.js';
export type { BenchOptions, BenchProgress } from '#bench/options.js';
export type { BenchResult } from '#bench/result.js';
export type { RuleDescription } from '#check/describe-rules.js';
export type { ExplainOptions, Explanation } from '#check/explain.js';
export type {
  ArchiveReport,
  Finding,
  Location,
  RunSummary,
  Severity,
  Target,
  ValidationReport,
  Verdict,
} from '#check/finding.js';
export { TARGETS } from '#check/finding.js';
export type { ValidateOptions } from '#check/options.js';
export { BUILTIN_SERVICES } from '#conventions/builtin-services.js';
export { PIXEL_RANGES, type PixelRange } from '#conventions/pixels.js';
export type { ContractCheck, ContractFinding, RunContract } from '#conventions/run-contract.js';
export { CONTAIN_WHEN, type ContainWhen } from '#conventions/run-seen.js';
export { ATTEST_WHERE, type AttestWhere, type Verification } from '#conventions/verification.js';
export * from '#conversion.js';
export type { Measured, Priced, Ratio } from '#cost/cost.js';
export type { CostOptions, CostTable } from '#cost/cost-table.js';
export * from '#deploying.js';
export { ACCELERATOR_TYPES } from '#device/accelerators.js';
export * from '#elastic-inference.js';
export type { ErrorCode } from '#errors/codes.js';
export type { ErrorKind } from '#errors/error-kind.js';
export { MarError } from '#errors/mar-error.js';
export type { TypeProblem } from '#handler/type-problems.js';
export type { Found, InitOptions, InitResult } from '#init/init.js';
export type { Ask, Question } from '#init/questions.js';
export { TEMPLATE_SUMMARIES, TEMPLATES, type Template } from '#init/template.js';
export type { DiffResult } from '#inspect/diff.js';
export type { InspectOptions, InspectResult } from '#inspect/inspect.js';
export type { PackConfig } from '#pack/load-config.js';
export type { PackOptions, PackProgress } from '#pack/options.js';
export type { LeftOut, PackResult, PackWarning } from '#pack/result.js';
export type { SourceOptions } from '#pack/source/pack-source.js';
export type { ConfigValue } from '#serve/config/resolve.js';
export type { ServeOptions } from '#serve/config/serve-options.js';
export type { LogEvent } from '#serve/log.js';
export type { Server } from '#serve/serve.js';
export type { ContainOptions, LocalModelOptions } from '#testing/local-model.js';
export type { PredictInput, PredictResult } from '#testing/predict.js';
export type { RecordedInput } from '#testing/record-inputs.js';
export type { CaseResult, GoldenOptions, GoldenResult } from '#testing/run-golden-cases.js';
export * from '#tuning.js';
export { VERSION } from '#version.js';

/** Packs a model directory, or files named one by one, with its handler into a model archive. */
export async function pack(options: PackOptions): Promise<PackResult> {
  const module = await import('#pack/pack.js');
  return module.pack(options);
}

/**
 * Packs a directory that is a source (a configuration of builds, no manifest) into a folder of the user's cache, or where
 * `exportPath` says. Undefined for everything else, which can be served as it is.
 */
export async function packSource(path: string, options?: SourceOptions): Promise<PackResult | undefined> {
  const module = await import('#pack/source/pack-source.js');
  return module.packSource(path, options);
}

/** The build options of the first `mar.config.{ts,mjs,json}` or `package.json#mar` in the directories, if there is one. */
export async function loadPackConfig(directories: readonly string[]): Promise<PackConfig | undefined> {
  const module = await import('#pack/load-config.js');
  return module.loadPackConfig(directories);
}

/**
 * Packs a model directory aside, asks its model each input and writes a golden case of each answer into the directory: files relative
 * to `cwd`. What is not answered with 200 is `ERR_NOT_RECORDED`, and then nothing is written.
 */
export async function record(options: PackOptions, inputs: readonly string[]): Promise<RecordedInput[]> {
  const module = await import('#testing/record-inputs.js');
  const packAside = { ...options, archiveFormat: 'zip-store', dryRun: false } as const;
  return module.recordInputs((exportPath) => pack({ ...packAside, exportPath }), inputs, options);
}

/** What an archive or model directory holds, without running it: manifest, entries and digests, models, device context. */
export async function inspect(path: string, options?: InspectOptions): Promise<InspectResult> {
  const module = await import('#inspect/inspect.js');
  return module.inspect(path, options);
}

/** What changes between two archives or model directories, and whether callers notice. */
export async function diff(from: string, to: string, options?: InspectOptions): Promise<DiffResult> {
  const module = await import('#inspect/diff.js');
  return module.diff(from, to, options);
}

/** Writes an archive's files to a directory (default: named like the archive), all or nothing and never outside of it. */
export async function extract(
  archive: string,
  directory?: string,
  options?: ExtractFileOptions,
): Promise<ExtractResult> {
  const module = await import('#archive/extract-file.js');
  return module.extractFile(archive, directory, options);
}

/** Checks archives and model directories against every rule. Nothing of them is executed unless `run` is given. */
export async function validate(paths: readonly string[], options?: ValidateOptions): Promise<ValidationReport> {
  const module = await import('#check/validate.js');
  const { signal, python, installRequirements, timeoutMs, contain = 'auto', memoryMb, env } = options ?? {};
  const local = {
    ...(signal && { signal }),
    ...(python !== undefined && { python }),
    ...(installRequirements !== undefined && { installRequirements }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    // Who asks about real servers alone wants to know what those would run.
    onServers: options?.target !== undefined && !options.target.includes('local'),
  };
  const kept = { when: contain, ...(memoryMb !== undefined && { memoryMb }), ...(env && { env }) };
  const run: ArchiveRunner = async (path, onSeen) =>
    (await import('#testing/run-golden-cases.js')).runGoldenCases(path, {
      ...local,
      contain: { ...kept, onSeen },
      contract: { timeMs: VALIDATED_MS },
    });
  return module.validate(paths, options, run);
}

/** How long a validated archive is asked the same again. */
const VALIDATED_MS = 3000;

/** What loading one file would import and call: a file, or an entry of an archive as `X.mar:path`. Nothing of it is executed. */
export async function explain(path: string, options?: ExplainOptions): Promise<Explanation> {
  const module = await import('#check/explain.js');
  return module.explain(path, options);
}

/** Every rule of the validator in words, or the one with an id or name. */
export async function rules(idOrName?: string): Promise<RuleDescription[]> {
  const module = await import('#check/describe-rules.js');
  return module.describeRules(idOrName);
}

/** One inference without a server: the archive's model is loaded in a worker process for it. */
export async function predict(
  archive: string,
  input: PredictInput,
  options?: LocalModelOptions,
): Promise<PredictResult> {
  const module = await import('#testing/predict.js');
  return module.predict(archive, input, options);
}

/** Runs the golden cases of an archive, in a worker that loads its model or against a server that has it. */
export async function test(archive: string, options?: GoldenOptions): Promise<GoldenResult> {
  const module = await import('#testing/run-golden-cases.js');
  return module.runGoldenCases(archive, options);
}

/** What 100,000 requests cost on each measured configuration of a file (schemas/cost.schema.json), at the prices it names or is given. */
export async function cost(path: string, options?: CostOptions): Promise<CostTable> {
  const module = await import('#cost/cost-table.js');
  return module.costOfFile(path, options);
}

/** Serves archives over the API of Multi Model Server; see `Server` for how it ends. */
export async function serve(options: ServeOptions = {}): Promise<Server> {
  const module = await import('#serve/serve.js');
  const memory = async (modelDir: string, batchSize: number): Promise<number | undefined> =>
    (await import('#eia/model-memory.js')).modelMemory(modelDir, batchSize);
  return module.serve(options, memory);
}

/** Every setting that `serve` would use, with its origin, and what has no effect. Starts nothing. */
export async function serveConfig(
  options: ServeOptions = {},
): Promise<{ values: readonly ConfigValue[]; warnings: readonly string[] }> {
  const { resolveServeConfig } = await import('#serve/config/serve-options.js');
  const { values, warnings } = await resolveServeConfig(options);
  return { values: [...values.values()], warnings };
}

/** Measures an archive, served by our runner in a process of its own, or the model at a URL: latency, throughput, errors and what they cost. */
export async function bench(source: string, options?: BenchOptions): Promise<BenchResult> {
  const module = await import('#bench/bench.js');
  return module.bench(source, options);
}

/** Looks at a directory and writes what is missing of the project around its model: service, configuration, golden case, ignore file. */
export async function init(options: InitOptions = {}): Promise<InitResult> {
  const module = await import('#init/init.js');
  return module.init(options, recordGoldenCase);
}

/** Packs the project aside, loads it in a worker and asks that. */
const recordGoldenCase: Recorder = async (directory, candidates, options) => {
  const module = await import('#testing/record-aside.js');
  const { signal } = options;
  return module.recordAside(
    (exportPath) => packSource(directory, { exportPath, ...(signal && { signal }) }),
    candidates,
    options,
  );
};
