import { loadavg } from 'node:os';
import { bench } from '#bench/bench.js';
import { theseVersions, thisMachine } from '#bench/machine.js';
import type { BenchOptions } from '#bench/options.js';
import type { BenchResult } from '#bench/result.js';
import { MarError } from '#errors/mar-error.js';
import { readCosts } from './costs.js';
import { spaceOf, type TuneOptions } from './options.js';
import type { LatencyLimit, TuneResult, TuneTrial } from './result.js';
import { type Measure, search } from './search.js';
import type { Configuration } from './space.js';
import { frontOf, type Reading, type Trial } from './trial.js';
import { writeServing } from './write.js';
import { checkConfig, isConfig, writeConfig } from './write-config.js';

/** Fewer answers than that in a first look say little. */
const FEW_ANSWERS = 10;
/** A configuration that fails for these reasons is reported, and others are tried. */
const FAULTS: readonly string[] = ['ERR_BENCH_TARGET', 'ERR_BENCH_ANSWERS'];

/**
 * Looks for the workers, threads, batches and clients with the highest throughput of an archive within a limit of latency, each served by our runner in
 * a process of its own and measured in a closed loop. A configuration that does not start or answers errors is in the result, and never the best. An
 * interruption ends it with what was measured until then. Throws what keeps it from beginning: `ERR_OPTION`, `ERR_BENCH_NO_LOAD`, `ERR_COST_FILE`,
 * `ERR_PRICE_MISSING`, `ERR_USAGE`, `ERR_CONFIG`.
 */
export async function tune(source: string, options: TuneOptions = {}): Promise<TuneResult> {
  const { slo, signal, onTrial, duration = 10, command = `mar tune ${source}` } = options;
  if (/^https?:\/\//i.test(source))
    throw new MarError('A server at a URL cannot be tuned: it is not started here.', {
      code: 'ERR_USAGE',
      hint: 'Give the archive or model directory that it serves.',
    });
  if (options.write !== undefined && isConfig(options.write)) await checkConfig(options.write);
  const figure = slo?.figure ?? 'p99';
  const space = spaceOf(options.space);
  const costs = await readCosts(options);
  const startedAt = new Date().toISOString();
  const machine = thisMachine();
  const busy = (loadavg()[0] ?? 0) / machine.cores;
  const few = new Set<string>();
  const priced = (trial: Trial): TuneTrial => ({
    ...trial,
    ...(costs && trial.throughput > 0 && { cost: costs.of(trial.throughput) }),
  });
  const measure: Measure = async (configuration, seconds) => {
    const { reading, answers } = await read(source, configuration, seconds, figure, options);
    if (reading.fault === undefined && answers < FEW_ANSWERS) few.add(JSON.stringify(configuration));
    return reading;
  };
  const { trials, best, complete, ...searched } = await search(space, measure, {
    fullSeconds: duration,
    ...(slo && { limit: slo.limit }),
    ...(signal && { signal }),
    ...(onTrial && { onTrial: (trial) => onTrial(priced(trial)) }),
  });
  const all = trials.map(priced);
  const met = best !== undefined && best.latency <= (slo?.limit ?? Number.POSITIVE_INFINITY);
  const isWritten = options.write !== undefined && best !== undefined && met && complete;
  if (isWritten && options.write !== undefined) {
    const { connections: _, ...serving } = best.configuration;
    if (isConfig(options.write)) await writeConfig(options.write, serving);
    else await writeServing(source, options.write, serving);
  }
  return {
    ...{ format: 1, status: complete ? 'complete' : 'interrupted', command, startedAt, source, machine },
    ...{ versions: theseVersions(), figure, ...(slo && { limit: slo.limit }), space, trials: all, front: frontOf(all) },
    ...(best && { best: priced(best) }),
    met,
    ...(isWritten && options.write !== undefined && { written: options.write }),
    search: searched,
    ...(costs && { currency: costs.currency }),
    warnings: [
      ...(busy > 0.5
        ? [
            `The machine was not idle when this began (load ${busy.toFixed(1)} per processor): the figures are of a busy one.`,
          ]
        : []),
      ...(few.size > 0
        ? [
            `${few.size} measurements had fewer than ${FEW_ANSWERS} answers, which say little: give a longer --duration.`,
          ]
        : []),
      ...(costs?.warnings ?? []),
    ],
  };
}

/** One measurement: a server of its own, warmed up, then so many seconds of load. */
async function read(
  source: string,
  configuration: Configuration,
  seconds: number,
  figure: LatencyLimit['figure'],
  options: TuneOptions,
): Promise<{ readonly reading: Reading; readonly answers: number }> {
  const began = performance.now();
  const took = (): number => (performance.now() - began) / 1000;
  const { inputs, headers, python, installRequirements, env, signal, timeoutMs } = options;
  const passed: BenchOptions = {
    ...(inputs && { inputs }),
    ...(headers && { headers }),
    ...(python !== undefined && { python }),
    ...(installRequirements !== undefined && { installRequirements }),
    ...(env && { env }),
    ...(signal && { signal }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
  try {
    const how = { duration: seconds, rounds: 1, warmUp: Math.min(1, seconds / 2), split: false };
    const result = await bench(source, { ...passed, ...configuration, ...how });
    const { throughput } = result.figures;
    const fault = faultOf(result, seconds);
    const figures = { throughput: throughput.value ?? 0, latency: result.latency?.[figure] ?? 0 };
    return { reading: { ...figures, ...(fault !== undefined && { fault }), took: took() }, answers: result.good };
  } catch (error) {
    if (!(error instanceof MarError && FAULTS.includes(error.code))) throw error;
    return { reading: { throughput: 0, latency: 0, fault: error.message, took: took() }, answers: 0 };
  }
}

/** Why a configuration that was measured cannot be chosen. */
function faultOf({ status, reason, errors, good }: BenchResult, seconds: number): string | undefined {
  const [first] = Object.entries(errors);
  const failed = Object.values(errors).reduce((sum, count) => sum + count, 0);
  if (first) return `${failed} of ${failed + good} requests failed: ${first[0]}`;
  if (status === 'lost') return reason ?? 'the server answers no more';
  return good === 0 ? `no answer within ${seconds} s of load` : undefined;
}
