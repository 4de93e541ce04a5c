import { MarError } from '#errors/mar-error.js';
import { publicSource } from '#public-source.js';
import { modelNameIn } from '#testing/golden-requests.js';
import { Load } from './load/load.js';
import type { LoadRequest } from './load/load-request.js';
import type { Shape } from './load/pacing.js';
import type { Side } from './measure/measure.js';
import type { BenchOptions } from './options.js';
import { firstAnswers, serverAt } from './target/any-server.js';
import { startRunner } from './target/our-runner.js';
import { type LoadContent, loadOfCases, loadOfInputs } from './target/requests.js';
import type { Target, TargetFacts } from './target/target.js';
import { type RoundUse, UseWatch } from './watch-use.js';

/** A server that answers, and what it is asked. */
export interface Subject {
  readonly target: Target;
  readonly facts: TargetFacts;
  readonly requests: readonly LoadRequest[];
  readonly watch: UseWatch;
  /** As the rounds need it. */
  readonly side: Side<RoundUse>;
}

/** How long an answer may take unless told otherwise, in milliseconds. */
export const TIMEOUT_MS = 30_000;

/** True for what is asked where it is, and not served for the measurement. */
export function isAddress(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

/** What is sent: the inputs that are given, or the golden cases of the archive. Throws `ERR_USAGE` where there is neither. */
export async function contentFor(source: string, { inputs, cases, headers }: BenchOptions): Promise<LoadContent> {
  if (inputs && inputs.length > 0) return loadOfInputs(inputs);
  const archive = isAddress(source) ? cases : source;
  if (archive !== undefined) return loadOfCases(archive, headers);
  throw new MarError(`There is nothing to send to ${publicSource(source)}.`, {
    code: 'ERR_USAGE',
    hint: 'Name files to send, or an archive whose golden cases are sent: --cases ARCHIVE.',
  });
}

/**
 * Starts our runner with an archive, or takes the server at a URL, and asks each request once. Throws `ERR_BENCH_TARGET`, `ERR_SERVER` and,
 * where every answer is wrong, `ERR_BENCH_ANSWERS`; then nothing is left running.
 */
export async function subjectAt(
  source: string,
  content: LoadContent,
  shape: Shape,
  options: BenchOptions,
): Promise<Subject> {
  const { timeoutMs = TIMEOUT_MS, signal, pid } = options;
  const target = isAddress(source)
    ? serverAt(source, pid)
    : await startRunner(source, await modelNameIn(source), options);
  try {
    const requests = content.requests(target.url);
    const { faults, server } = await firstAnswers(target.url, requests, timeoutMs, signal);
    if (faults.length === requests.length) {
      throw new MarError(`${target.facts.source} answers no request as it should: ${faults[0] ?? ''}.`, {
        code: 'ERR_BENCH_ANSWERS',
      });
    }
    const watch = new UseWatch(target.pid);
    const load = (): Load => new Load({ target: target.url, requests, shape, timeoutMs });
    return {
      ...{ target, requests, watch, side: { load, gone: target.gone, watch: watch.round } },
      facts: { ...target.facts, ...(server !== undefined && { server }) },
    };
  } catch (error) {
    await target.stop();
    throw error;
  }
}
