import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { openArchive } from '#archive/open.js';
import { MarError } from '#errors/mar-error.js';
import { findManifest } from '#manifest/read-manifest.js';
import { soundManifest } from '#manifest/refuse.js';
import { type AskModel, askServer, askWorker } from './ask.js';
import { compareAnswer } from './compare-answer.js';
import { type LocalModelOptions, TIMEOUT_MS, withLocalModel } from './local-model.js';
import { goldenCaseEntries, goldenRequest, parseGoldenCase } from './read-golden-case.js';

export interface GoldenOptions extends LocalModelOptions {
  /** Asks a server that runs the model already, instead of loading it: `http://127.0.0.1:8080/predictions/NAME`. */
  readonly url?: string;
}

export interface CaseResult {
  /** Path of the case inside the archive. */
  readonly path: string;
  readonly description?: string;
  readonly passed: boolean;
  /** What was wrong, one sentence each; empty when it passed. */
  readonly differences: readonly string[];
  readonly durationMs: number;
}

export interface GoldenResult {
  readonly source: string;
  readonly modelName: string;
  /** Empty when the archive has none. */
  readonly cases: readonly CaseResult[];
  readonly passed: boolean;
}

/**
 * Runs the golden cases of an archive (`MAR-INF/tests/*.json`) one after the other, in a worker or against a server. An archive
 * without cases passes when its model loads. What keeps the model from being asked is thrown: `ERR_WORKER_LOAD` and its kin, and
 * `ERR_SERVER` when nothing answers at `url`.
 */
export async function runGoldenCases(source: string, options: GoldenOptions = {}): Promise<GoldenResult> {
  const { url, timeoutMs = TIMEOUT_MS } = options;
  if (url === undefined) {
    return withLocalModel(source, options, ({ archive, modelName, worker }) =>
      runAll(source, archive, modelName, askWorker(worker, timeoutMs), options),
    );
  }
  const archive = await openArchive(source, options);
  try {
    const { modelName } = soundManifest(await findManifest(archive), source);
    return await runAll(source, archive, modelName, askServer(url, timeoutMs), options);
  } finally {
    await archive.close();
  }
}

async function runAll(
  source: string,
  archive: Archive,
  modelName: string,
  ask: AskModel,
  { signal }: GoldenOptions,
): Promise<GoldenResult> {
  const cases: CaseResult[] = [];
  for (const entry of goldenCaseEntries(archive)) {
    signal?.throwIfAborted();
    cases.push(await runCase(archive, entry, ask));
    // A case that an interruption cut short has not failed.
    signal?.throwIfAborted();
  }
  return { source, modelName, cases, passed: cases.every(({ passed }) => passed) };
}

async function runCase(archive: Archive, entry: ArchiveEntry, ask: AskModel): Promise<CaseResult> {
  const started = performance.now();
  const result = (differences: readonly string[], description?: string): CaseResult => ({
    path: entry.path,
    ...(description !== undefined && { description }),
    passed: differences.length === 0,
    differences,
    durationMs: Math.round(performance.now() - started),
  });
  const { golden, problems } = parseGoldenCase(await archive.bytes(entry));
  if (!golden) return result(problems);
  try {
    const answer = await ask(await goldenRequest(archive, golden.request));
    return result(compareAnswer(answer, golden.expect), golden.description);
  } catch (error) {
    // A server that is not there says nothing about the model.
    if (!(error instanceof MarError) || error.code === 'ERR_SERVER') throw error;
    return result([error.message], golden.description);
  }
}
