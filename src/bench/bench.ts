import { publicSource } from '#public-source.js';
import { type Comparison, compare, comparePairs } from './baseline/compare.js';
import { differencesFrom } from './baseline/differences.js';
import { type Baseline, readBaseline } from './baseline/read-baseline.js';
import { readCosts } from './costs.js';
import type { Window } from './figures/window.js';
import type { Shape } from './load/pacing.js';
import { theseVersions, thisMachine } from './machine.js';
import { meanOf } from './measure/confidence.js';
import { type FigureName, figureOf } from './measure/figure-names.js';
import { type Measured, type MeasureOptions, measure } from './measure/measure.js';
import { measurePairs } from './measure/pairs.js';
import type { BenchOptions } from './options.js';
import type { BenchResult } from './result.js';
import { contentFor, isAddress, type Subject, subjectAt, TIMEOUT_MS } from './subject.js';
import { summaryOf } from './summary.js';
import type { LoadContent } from './target/requests.js';
import { warningsOf } from './warnings.js';
import type { RoundUse } from './watch-use.js';

/** Rounds that an interval is taken of at least. */
const LEAST_ROUNDS = 3;
const MOST_ROUNDS = 10;

/**
 * Measures an archive, which our runner serves meanwhile in a process of its own, or the model at a URL, whatever server that is. An
 * interruption, or a server that stops answering, ends it with the figures until then; the result says so. Throws what keeps it from
 * beginning: `ERR_SERVER`, `ERR_BENCH_TARGET`, `ERR_BENCH_NO_LOAD`, `ERR_BENCH_ANSWERS`, for a baseline `ERR_BENCH_BASELINE` and
 * `ERR_BENCH_OTHER_MACHINE`, for costs `ERR_COST_FILE` and `ERR_PRICE_MISSING`.
 */
export async function bench(source: string, options: BenchOptions = {}): Promise<BenchResult> {
  const shape = shapeOf(options);
  const machine = thisMachine();
  const { baseline: earlier, otherMachine = false, command = `mar bench ${publicSource(source)}` } = options;
  const isResult = earlier !== undefined && !isAddress(earlier) && /\.json$/i.test(earlier);
  const baseline = isResult ? await readBaseline(earlier, { shape, machine, otherMachine }) : undefined;
  const costs = await readCosts(options);
  const content = await contentFor(source, options);
  const startedAt = new Date().toISOString();
  options.onProgress?.({ phase: 'start' });
  const subject = await subjectAt(source, content, shape, options);
  try {
    const outcome =
      earlier === undefined || isResult
        ? await measuredAlone(subject, baseline, shape, options)
        : await measuredByTurns(subject, earlier, content, shape, options);
    const rest = resultOf(subject, content, shape, outcome.measured, options);
    const { figures, latency, target, warnings } = rest;
    const cost = costs?.({ target, throughput: figures.throughput.value, latency: latency?.mean });
    return {
      ...{ format: 1, command, startedAt, machine, versions: theseVersions(), ...rest },
      ...(outcome.baseline && { baseline: outcome.baseline }),
      ...(cost && { costs: cost }),
      warnings: [...warnings, ...(outcome.warnings ?? []), ...(cost?.warnings ?? [])],
    };
  } finally {
    await subject.target.stop();
  }
}

interface Outcome {
  readonly measured: Measured<RoundUse>;
  readonly baseline?: NonNullable<BenchResult['baseline']>;
  readonly warnings?: readonly string[];
}

async function measuredAlone(
  { side, facts, requests }: Subject,
  baseline: Baseline | undefined,
  shape: Shape,
  options: BenchOptions,
): Promise<Outcome> {
  const how = measureOptions(shape, options);
  if (baseline === undefined) return { measured: await measure(side, how) };
  const { file, result, valuesOf } = baseline;
  const compared = (windows: readonly Window[]): Comparison[] =>
    (options.failOn ?? []).map((one) => compare(one, valuesIn(windows, one.figure), valuesOf(one.figure)));
  const measured = await measure(side, how, (windows) => areClear(compared(windows)));
  const comparisons = compared(measured.rounds.map(({ window }) => window));
  const load = { requests: sizesOf(requests) };
  const warnings = differencesFrom(result, { target: facts, versions: theseVersions(), load });
  return { measured, baseline: { file, startedAt: result.startedAt, paired: false, comparisons }, warnings };
}

/** Another archive or server as the baseline: both are measured now, in turn. */
async function measuredByTurns(
  { side }: Subject,
  earlier: string,
  content: LoadContent,
  shape: Shape,
  options: BenchOptions,
): Promise<Outcome> {
  const startedAt = new Date().toISOString();
  const other = await subjectAt(earlier, content, shape, options);
  try {
    const compared = (now: readonly Window[], before: readonly Window[]): Comparison[] =>
      (options.failOn ?? []).map((one) => comparePairs(one, valuesIn(now, one.figure), valuesIn(before, one.figure)));
    const pair = { now: side, before: other.side };
    const found = await measurePairs(pair, measureOptions(shape, options), (now, before) =>
      areClear(compared(now, before)),
    );
    const windows = ({ rounds }: Measured<RoundUse>): Window[] => rounds.map(({ window }) => window);
    const comparisons = compared(windows(found.now), windows(found.before));
    const failed = windows(found.before).reduce((sum, { errors }) => sum + errors.size, 0);
    return {
      measured: found.now,
      baseline: { file: other.facts.source, startedAt, paired: true, comparisons },
      warnings: failed > 0 ? ['The baseline failed to answer some requests, too: its figures are of the others.'] : [],
    };
  } finally {
    await other.target.stop();
  }
}

function areClear(comparisons: readonly Comparison[]): boolean {
  return comparisons.every(({ verdict }) => verdict !== 'unclear');
}

function valuesIn(windows: readonly Window[], figure: FigureName): number[] {
  return windows.map((window) => figureOf(window, figure));
}

type Rest = Omit<BenchResult, 'format' | 'command' | 'startedAt' | 'machine' | 'versions'>;

function resultOf(
  { requests, facts, watch }: Subject,
  { judged, leftOut }: LoadContent,
  shape: Shape,
  { rounds, status, reason, warmUp, narrow, lateness }: Measured<RoundUse>,
  { timeoutMs = TIMEOUT_MS }: BenchOptions,
): Rest {
  const summary = summaryOf(rounds.map(({ window }) => window));
  const uses = rounds.map(({ seen }) => seen);
  const others = uses.flatMap((use) => use.others ?? []);
  const generator = {
    busy: rounds.length === 0 ? 0 : meanOf(rounds.map(({ busy }) => busy)),
    ...(shape.kind === 'open' && { lateness }),
  };
  const load = {
    ...{ shape, timeoutMs, judged, leftOut },
    requests: sizesOf(requests),
  };
  const told = { load, warmUp, narrow, generator, ...summary };
  const noted = {
    waiting: rounds.at(-1)?.waiting ?? 0,
    others: others.length > 0 ? meanOf(others) : undefined,
    emulated: rounds.find(({ window }) => window.emulated !== undefined)?.window.emulated,
  };
  return {
    ...{ status, ...(reason !== undefined && { reason }), target: facts, ...told },
    processes: watch.results(uses),
    warnings: warningsOf({ ...told, ...noted }),
  };
}

function sizesOf(requests: Subject['requests']): BenchResult['load']['requests'] {
  return requests.map(({ name, message }) => ({ name, bytes: message.length }));
}

function measureOptions(shape: Shape, options: BenchOptions): MeasureOptions {
  const { rounds: mostRounds = MOST_ROUNDS, signal, onProgress, warmUp } = options;
  return {
    roundSeconds: options.duration ?? 5,
    ...(warmUp !== undefined && { warmUpSeconds: warmUp }),
    ...{ leastRounds: Math.min(LEAST_ROUNDS, mostRounds), mostRounds, precision: options.precision ?? 0.05 },
    // What the kind of load is run for.
    figures: [shape.kind === 'closed' ? 'throughput' : 'p99'],
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  };
}

function shapeOf({ rate, connections, arrivals = 'constant', seed = 1 }: BenchOptions): Shape {
  if (rate === undefined) return { kind: 'closed', connections: connections ?? 1 };
  return { kind: 'open', perSecond: rate, arrivals, seed, connections: connections ?? 256 };
}
