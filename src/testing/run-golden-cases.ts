import { posix } from 'node:path';
import { MarError, messageOf } from '#errors.js';
import { GOLDEN_CASES_DIR } from '#manifest/manifest.js';
import type { Archive, ArchiveEntry } from '#read/archive.js';
import { schemaCheck } from '#schema.js';
import { compareAnswer } from './compare-answer.js';
import { contentTypeOf } from './content-type.js';
import type { GoldenCase } from './golden-case.js';
import { ask, type LocalModel, type LocalModelOptions, withLocalModel } from './local-model.js';

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
 * Loads an archive in a worker and runs its golden cases (`MAR-INF/tests/*.json`) one after the other. An archive without
 * cases passes when its model loads. What keeps the model from loading is thrown: `ERR_WORKER_LOAD` and its kin.
 */
export function runGoldenCases(source: string, options: LocalModelOptions = {}): Promise<GoldenResult> {
  return withLocalModel(source, options, async (model) => {
    const cases: CaseResult[] = [];
    for (const entry of goldenCaseEntries(model.archive)) {
      options.signal?.throwIfAborted();
      cases.push(await runCase(model, entry, options.timeoutMs));
    }
    const { modelName } = model.manifest.model;
    return { source, modelName, cases, passed: cases.every(({ passed }) => passed) };
  });
}

/** The golden cases of an archive, in order of their paths. */
export function goldenCaseEntries(archive: Archive): ArchiveEntry[] {
  return archive.entries
    .filter(({ path }) => posix.dirname(path) === GOLDEN_CASES_DIR && path.endsWith('.json'))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

async function runCase(model: LocalModel, entry: ArchiveEntry, timeoutMs?: number): Promise<CaseResult> {
  const { path } = entry;
  const started = performance.now();
  const result = (differences: readonly string[], description?: string): CaseResult => ({
    path,
    ...(description !== undefined && { description }),
    passed: differences.length === 0,
    differences,
    durationMs: Math.round(performance.now() - started),
  });
  const parsed = parseCase(await model.archive.bytes(entry));
  if (!parsed.golden) return result(parsed.problems);
  const { request, expect, description } = parsed.golden;
  try {
    const answer = await ask(model.worker, await requestOf(model.archive, request), timeoutMs);
    return result(compareAnswer(answer, expect), description);
  } catch (error) {
    if (!(error instanceof MarError)) throw error;
    return result([error.message], description);
  }
}

type Parsed = { readonly golden: GoldenCase } | { readonly golden: undefined; readonly problems: string[] };

function parseCase(bytes: Buffer): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    return { golden: undefined, problems: [`the case is not JSON: ${messageOf(error)}`] };
  }
  const problems = schemaCheck('golden-case')(value);
  if (problems.length === 0) return { golden: value as GoldenCase };
  return { golden: undefined, problems: problems.map(({ pointer, message }) => `${pointer || '/'} ${message}`) };
}

async function requestOf(archive: Archive, request: GoldenCase['request']) {
  const { file, text, contentType, headers } = request;
  const shared = headers ? { headers } : {};
  if (file !== undefined) {
    const body = await fileOf(archive, file);
    return { ...shared, body, contentType: contentType ?? contentTypeOf(body, file) };
  }
  if ('json' in request) {
    return {
      ...shared,
      body: Buffer.from(JSON.stringify(request.json)),
      contentType: contentType ?? 'application/json',
    };
  }
  return {
    ...shared,
    body: Buffer.from(text ?? ''),
    contentType: contentType ?? (text === undefined ? '' : 'text/plain'),
  };
}

async function fileOf(archive: Archive, file: string): Promise<Buffer> {
  const path = posix.join(GOLDEN_CASES_DIR, file);
  const entry = archive.get(path);
  if (entry) return archive.bytes(entry, 1024 ** 3);
  throw new MarError(`the request file ${path} is not in the archive`, { code: 'ERR_GOLDEN_CASE', kind: 'not-found' });
}
