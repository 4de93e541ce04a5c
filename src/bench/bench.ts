import { MarError } from '#errors/mar-error.js';
import { publicSource } from '#public-source.js';
import { modelNameIn } from '#testing/golden-requests.js';
import { type Comparison, compare } from './baseline/compare.js';
import { type Baseline, readBaseline } from './baseline/read-baseline.js';
import { readCosts } from './costs.js';
import type { Window } from './figures/window.js';
import { Load } from './load/load.js';
import type { Shape } from './load/pacing.js';
import { theseVersions, thisMachine } from './machine.js';
import { meanOf } from './measure/confidence.js';
import { type FigureName, figureOf } from './measure/figure-names.js';
import { measure } from './measure/measure.js';
import type { BenchOptions } from './options.js';
import type { BenchResult } from './result.js';
import { summaryOf } from './summary.js';
import { firstAnswers, serverAt } from './target/any-server.js';
import { startRunner } from './target/our-runner.js';
import { type LoadContent, loadOfCases, loadOfInputs } from './target/requests.js';
import type { Target } from './target/target.js';
import { warningsOf } from './warnings.js';
import { UseWatch } from './watch-use.js';

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
  const { baseline: file, otherMachine = false } = options;
  const baseline = file === undefined ? undefined : await readBaseline(file, { shape, machine, otherMachine });
  const isUrl = /^https?:\/\//i.test(source);
  const costs = await readCosts(options);
  const content = await contentOf(source, isUrl, options);
  const startedAt = new Date().toISOString();
  options.onProgress?.({ phase: 'start' });
  const target = isUrl ? serverAt(source, options.pid) : await startRunner(source, content.modelName ?? '', options);
  try {
    const rest = await measured(target, content, shape, baseline, options);
    const { command = `mar bench ${publicSource(source)}` } = options;
    const { figures, latency, warnings, target: facts } = rest;
    const found = costs?.({ target: facts, throughput: figures.throughput.value, latency: latency?.mean });
    return {
      ...{ format: 1, command, startedAt, machine, versions: theseVersions() },
      ...rest,
      ...(found && { costs: found, warnings: [...warnings, ...found.warnings] }),
    };
  } finally {
    await target.stop();
  }
}

type Measurement = Omit<BenchResult, 'format' | 'command' | 'startedAt' | 'machine' | 'versions'>;

async function measured(
  target: Target,
  content: LoadContent,
  shape: Shape,
  baseline: Baseline | undefined,
  options: BenchOptions,
): Promise<Measurement> {
  const { timeoutMs = 30_000, signal, onProgress, rounds: mostRounds = MOST_ROUNDS, failOn = [] } = options;
  const requests = content.requests(target.url);
  const first = await firstAnswers(target.url, requests, timeoutMs, signal);
  if (first.faults.length === requests.length) {
    throw new MarError(`${target.facts.source} answers no request as it should: ${first.faults[0] ?? ''}.`, {
      code: 'ERR_BENCH_ANSWERS',
    });
  }
  const compared = (windows: readonly Window[]): Comparison[] =>
    baseline === undefined
      ? []
      : failOn.map((one) =>
          compare(
            one,
            windows.map((window) => figureOf(window, one.figure)),
            baseline.valuesOf(one.figure),
          ),
        );
  const watch = new UseWatch(target.pid);
  const load = new Load({ target: target.url, requests, shape, timeoutMs });
  const run = await measure(load, {
    roundSeconds: options.duration ?? 5,
    ...(options.warmUp !== undefined && { warmUpSeconds: options.warmUp }),
    leastRounds: Math.min(LEAST_ROUNDS, mostRounds),
    mostRounds,
    precision: options.precision ?? 0.05,
    figures: figuresOf(shape, failOn),
    suffices: (windows) => compared(windows).every(({ verdict }) => verdict !== 'unclear'),
    gone: target.gone,
    watch: watch.round,
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  const windows = run.rounds.map(({ window }) => window);
  const summary = summaryOf(windows);
  const uses = run.rounds.map(({ seen }) => seen);
  const others = uses.flatMap((use) => use.others ?? []);
  const generator = {
    busy: windows.length === 0 ? 0 : meanOf(run.rounds.map(({ busy }) => busy)),
    ...(shape.kind === 'open' && { lateness: load.lateness.quantile(0.99) }),
  };
  const { status, reason, warmUp, narrow } = run;
  const told = {
    load: {
      ...{ shape, timeoutMs, judged: content.judged, leftOut: content.leftOut },
      requests: requests.map(({ name, message }) => ({ name, bytes: message.length })),
    },
    ...{ warmUp, narrow, generator, ...summary },
  };
  const noted = { waiting: run.rounds.at(-1)?.waiting ?? 0, others: others.length > 0 ? meanOf(others) : undefined };
  return {
    status,
    ...(reason !== undefined && { reason }),
    target: { ...target.facts, ...(first.server !== undefined && { server: first.server }) },
    ...told,
    processes: watch.results(uses),
    ...(baseline && {
      baseline: { file: baseline.file, startedAt: baseline.startedAt, comparisons: compared(windows) },
    }),
    warnings: warningsOf({ ...told, ...noted }),
  };
}

/** The figures that have to become narrow: those that a limit is on, else what the kind of load is run for. */
function figuresOf(shape: Shape, failOn: BenchOptions['failOn'] = []): FigureName[] {
  if (failOn.length > 0) return failOn.map(({ figure }) => figure);
  return [shape.kind === 'closed' ? 'throughput' : 'p99'];
}

function shapeOf({ rate, connections, arrivals = 'constant', seed = 1 }: BenchOptions): Shape {
  if (rate === undefined) return { kind: 'closed', connections: connections ?? 1 };
  return { kind: 'open', perSecond: rate, arrivals, seed, connections: connections ?? 256 };
}

async function contentOf(
  source: string,
  isUrl: boolean,
  { inputs, cases, headers }: BenchOptions,
): Promise<LoadContent> {
  if (inputs && inputs.length > 0)
    return { ...(await loadOfInputs(inputs)), ...(isUrl ? {} : { modelName: await modelNameIn(source) }) };
  const archive = isUrl ? cases : source;
  if (archive !== undefined) return loadOfCases(archive, headers);
  throw new MarError(`There is nothing to send to ${publicSource(source)}.`, {
    code: 'ERR_USAGE',
    hint: 'Name files to send, or an archive whose golden cases are sent: --cases ARCHIVE.',
  });
}
