import pc from 'picocolors';
import { printableData } from '#printable.js';
import type { Expected, SimulationResult } from '#simulate/result.js';
import type { TextOptions } from './bench/text.js';
import { duration, plusMinus as percentOf, rate, whole } from './bench/words.js';
import { joinSections } from './sections.js';
import { formatTable } from './table.js';
import { wrap } from './wrap.js';

const LABEL = 12;
type Asked = SimulationResult['asked'];
type Estimate = Expected['throughput'];

/** What `mar simulate` prints for people: what was asked, what is to be expected with its error, what it costs, what is to be known of it. */
export function simulationReport(given: SimulationResult, { color, columns = 100 }: TextOptions): string {
  const result = printableData(given);
  const colors = pc.createColors(color);
  const width = Math.max(50, Math.min(100, columns));
  const row = ([label, text]: readonly [string, string]): string[] =>
    wrap(text, width - LABEL).map((line, index) => `${colors.dim((index === 0 ? label : '').padEnd(LABEL))}${line}`);
  const blocks = [
    verdict(result).flatMap((text) => wrap(text, width)),
    asked(result).flatMap(row),
    figures(result),
    tried(result),
    costs(result).flatMap((text) => wrap(text, width)),
    wrap(errorText(result.asked), width),
    result.warnings.flatMap((text) => wrap(`warning: ${text}`, width)).map((line) => colors.yellow(line)),
  ];
  return joinSections(blocks);
}

function verdict({ slo, asked: { replicas } }: SimulationResult): string[] {
  if (!slo) return [];
  const limits = slo.limits.map(({ figure, milliseconds }) => `${figure} ${duration(milliseconds)}`).join(', ');
  return [
    slo.met
      ? `${plural(replicas, 'replica')} for ${limits}`
      : `NO NUMBER OF REPLICAS FOUND for ${limits}; the best: ${replicas}`,
  ];
}

function asked({ asked: of, capacity, command }: SimulationResult): [string, string][] {
  const { workers, batchSize, maxBatchDelay, queueSize, prefetch } = of.replica;
  const batches = batchSize === 1 ? 'no batches' : `batches of up to ${batchSize}, ${maxBatchDelay} ms`;
  const queue = Number.isFinite(queueSize) ? `a queue of ${queueSize}` : 'a queue without bound';
  return [
    ...(command === undefined ? [] : [['command', command] satisfies [string, string]]),
    ['load', `${rate(of.rate)}, ${of.arrivals === 'poisson' ? 'Poisson' : 'steady'}`],
    ['service', `${of.service}; one alone ${duration(of.serviceMean)} in the mean`],
    ['replica', `${plural(workers, 'worker')}, ${batches}, ${queue}, ${prefetch} under way; ${rate(capacity)} at most`],
    ['replicas', fleet(of)],
  ];
}

function fleet({ replicas, scaling, balance }: Asked): string {
  if (!scaling) return replicas === 1 ? '1' : `${replicas}, ${balance}`;
  const { least, most, target, startUp, every, downAfter } = scaling;
  return `${least} to ${most} for ${target} in flight each, ${duration(startUp)} to start, a look every ${duration(every)}, down after ${duration(downAfter)}; ${balance}`;
}

function figures({ expected }: SimulationResult): string[] {
  const { latency, throughput, utilisation, refused, replicas, batch, load } = expected;
  const times = latency
    ? (['mean', 'p50', 'p90', 'p99'] as const).map((name) => [
        name,
        duration(latency[name].value),
        plusMinus(latency[name], duration),
      ])
    : [['latency', 'none: the queue grows without end', '']];
  return formatTable(
    [
      ...times,
      ['throughput', rate(throughput.value), plusMinus(throughput, rate)],
      ['busy', percent(utilisation.value), plusMinus(utilisation, percent)],
      ['refused', percent(refused.value), plusMinus(refused, share)],
      ['replicas', amount(replicas.value), plusMinus(replicas, amount)],
      ...(batch.value > 1 ? [['batch', batch.value.toFixed(2), plusMinus(batch, amount)]] : []),
      ['load', percent(load), ''],
    ],
    [1, 2],
  );
}

function tried({ slo }: SimulationResult): string[] {
  if (!slo) return [];
  const names = slo.limits.map(({ figure }) => figure);
  const rows = [...slo.tried]
    .sort((one, other) => one.replicas - other.replicas)
    .map(({ replicas, met, expected: { latency, utilisation, refused } }) => [
      String(replicas),
      ...names.map((name) =>
        latency ? `${duration(latency[name].value)} ${plusMinus(latency[name], duration)}` : '–',
      ),
      percent(utilisation.value),
      percent(refused.value),
      met ? 'kept' : 'missed',
    ]);
  return formatTable(
    [['replicas', ...names, 'busy', 'refused', ''], ...rows],
    [0, 1, 2, 3, 4].slice(0, 3 + names.length),
  );
}

function costs({ costs: of }: SimulationResult): string[] {
  if (!of) return [];
  const { currency, hourly, hourlyOfOne, cost, uses, pricesOf, pricesFrom } = of;
  const each = cost === null ? '' : `, ${cost.toFixed(2)} ${currency} per 100,000 requests`;
  const from = pricesFrom === undefined ? '' : `: ${pricesFrom}`;
  return [
    `${hourly.toFixed(2)} ${currency} an hour${each} (${uses.join(' + ')} at ${Number(hourlyOfOne.toPrecision(6))} an hour each)`,
    `Prices of ${pricesOf}${from}`,
  ];
}

function errorText({ requests, runs, seed, service, scaling }: Asked): string {
  const [of, further] = service.startsWith('measured')
    ? [
        ' of the simulation, and of what a measurement of so few requests leaves open',
        ', and of times that differ with what else runs,',
      ]
    : [' of the simulation', ''];
  return `${whole(requests)} requests in ${runs} independent runs (seed ${seed}), ${scaling ? 'the time in which the rule settles' : 'the first tenth of each'} not counted. ± is half of the 95 % interval${of}; the error of the model${further} comes on top.`;
}

/** Nothing where all runs found the same; what it may be at most where it may be anything. */
function plusMinus(of: Estimate, words: (value: number) => string): string {
  if (of.half > of.value) return `up to ${words(of.value + of.half)}`;
  return of.half > 0 ? percentOf(of) : '';
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A share of all requests, of which no more than all can be. */
function share(value: number): string {
  return percent(Math.min(1, value));
}

function amount(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
