import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { openArchive } from '#archive/open.js';
import { faultsOf, isGrave, type RunContract } from '#conventions/run-contract.js';
import type { RunSeen } from '#conventions/run-seen.js';
import { MarError } from '#errors/mar-error.js';
import { findManifest } from '#manifest/read-manifest.js';
import { soundManifest } from '#manifest/refuse.js';
import { type AskModel, askServer, type ModelAnswer, type ModelRequest } from './ask.js';
import { compareAnswer } from './compare-answer.js';
import { Printed } from './contract/printed.js';
import type { LifeOptions } from './contract/repeats.js';
import { runContract } from './contract/run-contract.js';
import { type AnsweredCase, Session } from './contract/session.js';
import { type LocalModelOptions, TIMEOUT_MS, withLocalModel } from './local-model.js';
import { goldenCaseEntries, goldenRequest, parseGoldenCase } from './read-golden-case.js';
import { type CaseUpdate, updateCase } from './update-case.js';

export interface GoldenOptions extends LocalModelOptions {
  /** Asks a server that runs the model already, instead of loading it: `http://127.0.0.1:8080/predictions/NAME`. */
  readonly url?: string;
  /** With `url`: headers of every request, such as a token; those of a case go first. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * In a worker, what is looked at beside the cases: asking again, batches, bad bodies. `false` leaves it out; default: as many as 100
   * requests in 200 ms for the latency and memory of a later one.
   */
  readonly contract?: false | Partial<LifeOptions>;
  /** In a worker: the model directory that the archive was built of, whose cases are renewed where they are answered otherwise. */
  readonly update?: string;
}

export interface CaseResult {
  /** Path of the case inside the archive. */
  readonly path: string;
  readonly description?: string;
  readonly passed: boolean;
  /** What was wrong, one sentence each; empty when it passed. */
  readonly differences: readonly string[];
  readonly durationMs: number;
  /** With `update`, of a case that did not pass: the expectation that was written, with which it passes, or why it stays. */
  readonly update?: CaseUpdate;
}

export interface GoldenResult {
  readonly source: string;
  readonly modelName: string;
  /** Empty when the archive has none. */
  readonly cases: readonly CaseResult[];
  /** What was seen beside the cases; absent against a server, where it is left out, and where the worker was lost in a case. */
  readonly contract?: RunContract;
  /** What a worker that is not kept in did beside answering; absent where nothing but the cases was looked at. */
  readonly seen?: RunSeen;
  /** Every case, and no grave fault beside them. */
  readonly passed: boolean;
}

/** A request of the worker, and how long the first case is asked. */
const LIFE: LifeOptions = { requests: 100, timeMs: 200 };

/**
 * Runs the golden cases of an archive (`MAR-INF/tests/*.json`) one after the other, in a worker or against a server; in a worker it
 * then looks at the run contract (docs/testing.md). An archive without cases passes when its model loads. What keeps the model from
 * being asked is thrown: `ERR_WORKER_LOAD` and its kin, and `ERR_SERVER` when nothing answers at `url`.
 */
export async function runGoldenCases(source: string, options: GoldenOptions = {}): Promise<GoldenResult> {
  const { url, timeoutMs = TIMEOUT_MS, signal } = options;
  if (url === undefined) return runInWorker(source, options);
  const archive = await openArchive(source, options);
  try {
    const { modelName } = soundManifest(await findManifest(archive), source);
    const cases = await runAll(archive, askServer(url, timeoutMs, options.headers), { signal });
    return { source, modelName, cases, passed: cases.every(({ passed }) => passed) };
  } finally {
    await archive.close();
  }
}

async function runInWorker(source: string, options: GoldenOptions): Promise<GoldenResult> {
  const { timeoutMs = TIMEOUT_MS, signal, contract: asked } = options;
  const printed = new Printed(options.onLine);
  let seen: RunSeen | undefined;
  const watched = {
    onSeen: (what: RunSeen) => {
      seen = what;
    },
  };
  const local = { ...options, onLine: printed.take, ...(asked !== false && !options.contain && watched) };
  const result = await withLocalModel(source, local, async ({ archive, modelName, worker }): Promise<GoldenResult> => {
    const session = new Session(worker, timeoutMs, signal);
    const answered: AnsweredCase[] = [];
    const take: OnAnswered = async (one) => {
      answered.push({ ...one, bytes: answered.length === 0 ? await session.memory() : 0 });
    };
    const ask: AskModel = (request) => session.askOne(request);
    const cases = await runAll(archive, ask, { signal, onAnswered: take, update: options.update });
    const passed = cases.every((one) => one.passed);
    if (asked === false || !worker.alive) return { source, modelName, cases, passed };
    await printed.hush();
    const found = await runContract(session, answered, { ...LIFE, ...asked });
    const contract: RunContract = { ...found, printed: printed.summary };
    return { source, modelName, cases, contract, passed: passed && !faultsOf(contract).some(isGrave) };
  });
  return seen === undefined ? result : { ...result, seen };
}

/** Hears of a case that was answered as it should be. */
type OnAnswered = (one: Omit<AnsweredCase, 'bytes'>) => Promise<void>;

interface Run {
  readonly signal?: AbortSignal | undefined;
  readonly onAnswered?: OnAnswered;
  readonly update?: string | undefined;
}

async function runAll(archive: Archive, ask: AskModel, run: Run): Promise<CaseResult[]> {
  const cases: CaseResult[] = [];
  for (const entry of goldenCaseEntries(archive)) {
    run.signal?.throwIfAborted();
    cases.push(await runCase(archive, entry, ask, run));
    // A case that an interruption cut short has not failed.
    run.signal?.throwIfAborted();
  }
  return cases;
}

async function runCase(archive: Archive, entry: ArchiveEntry, ask: AskModel, run: Run): Promise<CaseResult> {
  const started = performance.now();
  const { path } = entry;
  const result = (differences: readonly string[], description?: string): CaseResult => ({
    path,
    ...(description !== undefined && { description }),
    passed: differences.length === 0,
    differences,
    durationMs: Math.round(performance.now() - started),
  });
  const { golden, problems } = parseGoldenCase(await archive.bytes(entry));
  if (!golden) return result(problems);
  try {
    const request = await goldenRequest(archive, golden.request);
    const { answer, ms } = await timed(ask, request);
    const outcome = result(compareAnswer(answer, golden.expect), golden.description);
    if (outcome.passed) await run.onAnswered?.({ path, request, answer, tolerance: golden.expect.tolerance ?? 0, ms });
    if (outcome.passed || run.update === undefined) return outcome;
    const update = await updateCase(run.update, { path, golden, request, answer }, ask);
    return { ...outcome, update, passed: update.written !== undefined };
  } catch (error) {
    // A server that is not there says nothing about the model.
    if (!(error instanceof MarError) || error.code === 'ERR_SERVER') throw error;
    return result([error.message], golden.description);
  }
}

async function timed(ask: AskModel, request: ModelRequest): Promise<{ answer: ModelAnswer; ms: number }> {
  const started = performance.now();
  const answer = await ask(request);
  return { answer, ms: performance.now() - started };
}
