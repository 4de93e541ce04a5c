import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allOf, type Configuration, type Space } from '#tune/space.js';
import { compareTrials } from '#tune/trial.js';
import { type LatencyLimit, type TuneOptions, type TuneTrial, tune } from '../src/index.js';
import { batchingArchive, imageArchives } from './archives.js';
import { QUICK, rounds } from './effort.js';
import { type Row, report } from './report.js';
import { alternate, median } from './statistics.js';

/** Seconds of a whole measurement. */
const DURATION = 3;
/** How far below the sweep's best a recommendation may lie, and what of the sweep's time it may take. */
const SHORT_OF = 0.05;
const SHARE = 1 / 3;

interface Subject {
  readonly name: string;
  readonly archive: string;
  readonly space: Space;
  readonly slo?: LatencyLimit;
  readonly inputs?: TuneOptions['inputs'];
}

/** `mar tune` beside a sweep that measures every configuration whole; then both winners again, by turns. */
export async function run(): Promise<void> {
  const store = mkdtempSync(join(tmpdir(), 'mar-bench-tune-'));
  try {
    const { script } = await imageArchives(store);
    const image: Subject = {
      name: 'the example',
      archive: join(store, script),
      space: {
        workers: [1, 2],
        threads: [1, 2],
        batchSize: [1],
        maxBatchDelay: [1],
        connections: QUICK ? [1, 4] : [1, 2, 4],
      },
    };
    const batches: Subject = {
      name: 'an archive that gains by batches, p99 50 ms',
      archive: await batchingArchive(store),
      space: {
        workers: [1, 2],
        threads: [1],
        batchSize: QUICK ? [1, 8] : [1, 4, 8],
        maxBatchDelay: QUICK ? [1] : [1, 5],
        connections: [1, 8, 16],
      },
      slo: { figure: 'p99', limit: 50 },
      inputs: [{ bytes: Buffer.from('x'), contentType: 'text/plain' }],
    };
    report('tune', [...(await compare(image)), ...(await compare(batches))]);
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}

async function compare(subject: Subject): Promise<Row[]> {
  const limit = subject.slo?.limit ?? Number.POSITIVE_INFINITY;
  const tuned = await timed(() => tune(subject.archive, optionsOf(subject, subject.space)));
  const sweep = await timed(async () => {
    const trials: TuneTrial[] = [];
    for (const configuration of allOf(subject.space)) trials.push(await measure(subject, configuration));
    return trials.sort((one, other) => compareTrials(one, other, limit));
  });
  const [swept] = sweep.result;
  const { best, search } = tuned.result;
  if (!best || !swept) throw new Error(`${subject.name}: nothing answered`);
  const again = await alternate(rounds(4), {
    found: () => measure(subject, best.configuration),
    swept: () => measure(subject, swept.configuration),
  });
  const [own, other] = [again.found, again.swept].map((trials) => ({
    rate: median(trials.map(({ throughput }) => throughput)),
    latency: median(trials.map(({ latency }) => latency)),
    spread: spreadOf(trials),
  })) as [Measured, Measured];
  const keeps = own.latency <= limit || other.latency > limit;
  return [
    {
      what: `${subject.name}: what was found, measured again by turns`,
      ours: `${textOf(best.configuration)}: ${own.rate.toFixed(1)} ± ${own.spread.toFixed(1)} /s, p99 ${own.latency.toFixed(1)} ms`,
      others: `the sweep's best, ${textOf(swept.configuration)}: ${other.rate.toFixed(1)} ± ${other.spread.toFixed(1)} /s, p99 ${other.latency.toFixed(1)} ms`,
      ratio: `${(own.rate / other.rate).toFixed(2)}×`,
      floor: `≥ ${1 - SHORT_OF}×, within the limit`,
      holds: keeps && own.rate >= (1 - SHORT_OF) * other.rate,
    },
    {
      what: `… its time, ${search.measurements} measurements of ${sweep.result.length} configurations`,
      ours: `${tuned.seconds.toFixed(0)} s`,
      others: `sweep ${sweep.seconds.toFixed(0)} s`,
      ratio: `${(tuned.seconds / sweep.seconds).toFixed(2)}×`,
      floor: '≤ 1/3',
      holds: tuned.seconds <= SHARE * sweep.seconds,
    },
  ];
}

interface Measured {
  readonly rate: number;
  readonly latency: number;
  readonly spread: number;
}

/** Half of the range of the rounds. */
function spreadOf(trials: readonly TuneTrial[]): number {
  const rates = trials.map(({ throughput }) => throughput);
  return (Math.max(...rates) - Math.min(...rates)) / 2;
}

function optionsOf({ slo, inputs }: Subject, space: Space): TuneOptions {
  return { space, duration: DURATION, ...(slo && { slo }), ...(inputs && { inputs }) };
}

/** One configuration, whole: a space of one is not searched. */
async function measure(subject: Subject, configuration: Configuration): Promise<TuneTrial> {
  const { workers, threads, batchSize, maxBatchDelay, connections } = configuration;
  const space: Space = {
    workers: [workers],
    threads: [threads],
    batchSize: [batchSize],
    maxBatchDelay: [maxBatchDelay],
    connections: [connections],
  };
  const { trials } = await tune(subject.archive, optionsOf(subject, space));
  const [trial] = trials;
  if (!trial) throw new Error(`${subject.name}: ${textOf(configuration)} was not measured`);
  return trial;
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly seconds: number }> {
  const began = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - began) / 1000 };
}

function textOf({ workers, threads, batchSize, maxBatchDelay, connections }: Configuration): string {
  const batches = batchSize === 1 ? '' : `, batches of ${batchSize} after ${maxBatchDelay} ms`;
  return `${workers} × ${threads}${batches}, ${connections} clients`;
}
