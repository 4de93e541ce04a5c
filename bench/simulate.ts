import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchOptions, type BenchResult, bench, type SimulateOptions, simulate } from '../src/index.js';
import { meanWaitOfMany, meanWaitOfOne } from '../test/simulate/closed-results.js';
import { waitingArchive } from './archives.js';
import { QUICK, rounds, seconds } from './effort.js';
import { type Row, report } from './report.js';

const MEAN = 10;
const ARRIVALS = QUICK ? 200_000 : 5_000_000;
const WORKERS = 2;
/** Shares of what the workers can answer; beyond 80 % the difference may be larger. */
const LEVELS = [0.3, 0.5, 0.7, 0.8, 0.9];

/** The simulation beside what theory says, and beside runs of our runner. */
export async function run(): Promise<void> {
  report('simulate', [...(await theoryRows()), await speedRow(), ...(await realRows())]);
}

async function theoryRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const load of [0.3, 0.6, 0.8]) {
    const rate = load / MEAN;
    const cases: readonly (readonly [what: string, service: string, workers: number, wait: number])[] = [
      ['M/M/1', `exponential:${MEAN}ms`, 1, meanWaitOfMany(1, rate, MEAN)],
      ['M/M/4', `exponential:${MEAN}ms`, 4, meanWaitOfMany(4, 4 * rate, MEAN)],
      ['M/D/1', `fixed:${MEAN}ms`, 1, meanWaitOfOne(rate, MEAN, MEAN ** 2)],
      ['M/G/1, lognormal', `lognormal:${MEAN}ms,8ms`, 1, meanWaitOfOne(rate, MEAN, MEAN ** 2 + 64)],
    ];
    for (const [what, service, workers, wait] of cases) {
      const { expected } = await simulate({
        ...{ service, workers, rate: 1000 * workers * rate, prefetch: 1, queueSize: Number.POSITIVE_INFINITY },
        ...{ requests: ARRIVALS, runs: 20 },
      });
      if (!expected.latency) throw new Error(`${what} has no latency`);
      const { value, standardError } = expected.latency.mean;
      const theory = MEAN + wait;
      rows.push({
        what: `${what}, ρ = ${load}: mean latency, ${ARRIVALS.toLocaleString('en')} arrivals`,
        ours: `${value.toFixed(3)} ± ${standardError.toFixed(3)} ms`,
        others: `theory ${theory.toFixed(3)} ms`,
        ratio: `${(value / theory).toFixed(4)}×`,
        floor: '3 standard errors',
        holds: Math.abs(value - theory) <= 3 * standardError,
      });
    }
  }
  return rows;
}

async function speedRow(): Promise<Row> {
  const begun = process.cpuUsage();
  await simulate({ service: 'lognormal:10ms,4ms', rate: 1500, workers: 4, replicas: 5 });
  const { user, system } = process.cpuUsage(begun);
  const took = (user + system) / 1e6;
  return {
    what: '1,000,000 requests to 5 replicas of 4 workers',
    ours: `${took.toFixed(2)} s of a processor`,
    others: '',
    ratio: '',
    floor: '≤ 10 s',
    holds: took <= 10,
  };
}

/** Times are measured in a closed loop; then the runner meets open loops, and the simulation says what it should have met. */
async function realRows(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mar-bench-simulate-'));
  try {
    const archive = await waitingArchive(folder);
    const inputs = [{ bytes: Buffer.from('x'), contentType: 'text/plain' }];
    const load = { inputs, workers: WORKERS, warmUp: 2, duration: seconds(13) } as const;
    const keep = async (name: string, options: BenchOptions): Promise<{ file: string; result: BenchResult }> => {
      const result = await bench(archive, { ...load, ...options });
      const file = join(folder, `${name}.json`);
      writeFileSync(file, JSON.stringify(result));
      return { file, result };
    };
    const rows: Row[] = [];
    for (const level of LEVELS) {
      // Each time anew: what else the machine does changes the times. Where the queue is long, one per cent of them is a tenth of the wait.
      const more = level > 0.8 ? 4 : level > 0.5 ? 2 : 1;
      const alone = await keep(`closed-${level}`, {
        connections: 2 * WORKERS,
        rounds: 1,
        duration: more * seconds(15),
      });
      const handler = alone.result.split?.handler.mean ?? Number.NaN;
      const rate = Math.round((level * WORKERS * 1000) / handler);
      const real = await keep(`open-${level}`, {
        rate,
        arrivals: 'poisson',
        rounds: more * rounds(4),
        precision: 0.001,
      });
      rows.push(...(await beside(level, { rate, workers: WORKERS }, real, alone.file)));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const OWN = "the run's own times and rate";

/** What was foreseen from the closed loop; and what the run's own times give, which leaves the error of the model alone. */
async function beside(
  level: number,
  options: Pick<SimulateOptions, 'rate' | 'workers'> & { readonly rate: number },
  real: { readonly file: string; readonly result: BenchResult },
  before: string,
): Promise<Row[]> {
  const share = level <= 0.8 ? 0.1 : 0.2;
  const rows: Row[] = [];
  for (const [measured, from] of [
    [before, 'times of a closed loop'],
    [real.file, OWN],
  ] as const) {
    // A finite run of random arrivals has more or fewer of them than it was asked for: at 90 % a few in a hundred are half of the wait.
    const arrived = from === OWN ? { rate: real.result.figures.throughput.value ?? options.rate } : {};
    const { latency } = (await simulate({ ...options, ...arrived, measured })).expected;
    for (const figure of ['mean', 'p99'] as const) {
      const own = latency?.[figure].value ?? Number.NaN;
      const { value, half } = real.result.figures[figure];
      if (value === null) throw new Error(`the run at ${level} has no ${figure}`);
      rows.push({
        what: `two workers at ${Math.round(100 * level)} % (${options.rate} /s), ${from}: ${figure}`,
        ours: `${own.toFixed(1)} ms`,
        others: `runner ${value.toFixed(1)} ± ${(half ?? Number.NaN).toFixed(1)} ms`,
        ratio: `${(own / value).toFixed(2)}×`,
        floor: `its interval or ${Math.round(100 * share)} %`,
        holds: Math.abs(own - value) <= Math.max(half ?? 0, share * value),
      });
    }
  }
  return rows;
}
