import pc from 'picocolors';
import { printableData } from '#printable.js';
import type { TuneResult, TuneTrial } from '#tune/result.js';
import { duration, percentChange, rate } from '../bench/words.js';
import { joinSections } from '../sections.js';
import { formatTable } from '../table.js';
import { wrap } from '../wrap.js';

export interface TuneTextOptions {
  readonly color: boolean;
  /** Columns of the terminal; at most 100 are used. */
  readonly columns?: number;
}

/** What `mar tune` prints for people: the front of latency against throughput, what could not be chosen, and the recommendation with its reasons. */
export function tuneReport(given: TuneResult, { color, columns = 100 }: TuneTextOptions): string {
  const result = printableData(given);
  const colors = pc.createColors(color);
  const width = Math.max(50, Math.min(100, columns));
  const text = (sentence: string): string[] => wrap(sentence, width);
  const blocks = [
    result.status === 'interrupted'
      ? text('INTERRUPTED: what follows is what was measured until then.').map((line) => colors.red(line))
      : [],
    [provenance(result)],
    frontLines(result),
    faultSentences(result)
      .flatMap(text)
      .map((line) => colors.red(line)),
    reasons(result).flatMap(text),
    text(savedText(result)),
    result.written === undefined
      ? []
      : text(
          `Written: ${result.written}, ${result.written.endsWith('.json') ? 'which the next build reads' : 'which mar serve-local serves so'}.`,
        ),
    result.warnings.flatMap((warning) => text(`warning: ${warning}`)).map((line) => colors.yellow(line)),
  ];
  return joinSections(blocks);
}

/** A measurement in one line: `2 workers × 1 thread, no batches, 4 clients`. */
export function configurationText({ configuration }: TuneTrial): string {
  const { workers, threads, batchSize, maxBatchDelay, connections } = configuration;
  const batches = batchSize === 1 ? 'no batches' : `batches of up to ${batchSize} after ${maxBatchDelay} ms`;
  return `${plural(workers, 'worker')} × ${plural(threads, 'thread')}, ${batches}, ${plural(connections, 'client')}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function provenance({ source, machine, versions }: TuneResult): string {
  return `${source} on ${machine.processor}, ${plural(machine.cores, 'core')}; model-archiver ${versions.modelArchiver}, Node ${versions.node}`;
}

function frontLines({ front, figure, best, currency }: TuneResult): string[] {
  if (front.length === 0) return [];
  const heads = ['', 'workers', 'threads', 'batch', 'delay', 'clients', figure, 'throughput'];
  const rows = front.map((trial) => {
    const { workers, threads, batchSize, maxBatchDelay, connections } = trial.configuration;
    return [
      isSame(trial, best) ? '*' : '',
      ...[workers, threads, batchSize].map(String),
      batchSize === 1 ? '–' : `${maxBatchDelay} ms`,
      String(connections),
      duration(trial.latency),
      rate(trial.throughput),
      ...(currency === undefined ? [] : [trial.cost?.toFixed(2) ?? '–']),
      trial.confirmed ? '' : 'first look',
    ];
  });
  const cost = currency === undefined ? [] : [`${currency} per 100,000`];
  return [
    'What no other configuration beats in both latency and throughput (* recommended):',
    ...formatTable([[...heads, ...cost, ''], ...rows], [1, 2, 3, 4, 5, 6, 7, 8]),
  ];
}

function isSame(one: TuneTrial, other: TuneTrial | undefined): boolean {
  return other !== undefined && configurationText(one) === configurationText(other);
}

function faultSentences({ trials }: TuneResult): string[] {
  const failed = trials.filter(({ fault }) => fault !== undefined);
  if (failed.length === 0) return [];
  const shown = failed.slice(0, 5).map((trial) => `  ${configurationText(trial)}: ${trial.fault}`);
  const rest = failed.length > 5 ? [`  … and ${failed.length - 5} more`] : [];
  return [`${plural(failed.length, 'configuration')} could not be chosen:`, ...shown, ...rest];
}

/** The recommendation, and why it is that one. */
function reasons(result: TuneResult): string[] {
  const { best, met, limit, figure, front } = result;
  if (!best) return ['There is nothing to recommend: no configuration that was measured answered as it should.'];
  const figures = `${rate(best.throughput)}, ${figure} ${duration(best.latency)}`;
  const within = limit === undefined ? '' : ` within ${figure} ${duration(limit)}`;
  const sentences =
    met || limit === undefined
      ? [`Recommended: ${configurationText(best)} (${figures}): the highest throughput${within}.`]
      : [
          `No configuration that was measured keeps ${figure} ${duration(limit)}. The best found is ${configurationText(best)} (${figures}): the lowest latency.`,
        ];
  if (!best.confirmed) sentences.push('It had a first look only, no whole measurement.');
  const [fastest] = front;
  const most = front.at(-1);
  if (fastest && met && !isSame(fastest, best))
    sentences.push(
      `The lowest latency, ${duration(fastest.latency)}, has ${configurationText(fastest)}, with ${percentChange(fastest.throughput / best.throughput - 1)} throughput.`,
    );
  if (most && met && !isSame(most, best) && most.throughput > best.throughput)
    sentences.push(
      `The highest throughput, ${rate(most.throughput)}, has ${configurationText(most)}, with ${figure} ${duration(most.latency)}.`,
    );
  return sentences;
}

function savedText({ search: { measurements, configurations, took, sweep } }: TuneResult): string {
  const share = sweep === 0 ? '' : ` (${Math.round((100 * took) / sweep)} % of it)`;
  return `${plural(measurements, 'measurement')} in ${took.toFixed(0)} s; a sweep over all ${configurations} configurations would take about ${sweep.toFixed(0)} s${share}.`;
}
