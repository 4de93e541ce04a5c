import pc from 'picocolors';
import type { BenchResult } from '#bench/result.js';
import { printableData } from '#printable.js';
import { formatBytes } from '../bytes.js';
import { costReport } from '../cost.js';
import { joinSections } from '../sections.js';
import { formatTable } from '../table.js';
import { wrap } from '../wrap.js';
import { bar, sparkline } from './charts.js';
import { comparisonTexts, duration, failedIn, plusMinus, provenance, rate, statusText, whole } from './words.js';

export interface TextOptions {
  readonly color: boolean;
  /** Columns of the terminal; at most 100 are used. */
  readonly columns?: number;
}

const LABEL = 12;
const CHART = 32;

/** What `mar bench` prints for people: where the figures come from, then the figures with small charts, then what is to be known of them. */
export function benchReport(given: BenchResult, { color, columns = 100 }: TextOptions): string {
  const result = printableData(given);
  const colors = pc.createColors(color);
  const width = Math.max(50, Math.min(100, columns));
  const row = (label: string, text: string): string[] =>
    wrap(text, width - LABEL).map((line, index) => `${colors.dim((index === 0 ? label : '').padEnd(LABEL))}${line}`);
  const status = statusText(result);
  const blocks = [
    status === undefined ? [] : wrap(status, width).map((line) => colors.red(line)),
    // A command is there to be copied.
    provenance(result).flatMap(([label, text]) =>
      label === 'command' ? [`${colors.dim(label.padEnd(LABEL))}${text}`] : row(label, text),
    ),
    figureLines(result),
    splitLines(result),
    processLines(result),
    errorLines(result).map((line) => colors.red(line)),
    result.costs ? costReport(result.costs, 'text').trimEnd().split('\n') : [],
    comparisonTexts(result).flatMap((text) => row('baseline', text)),
    result.warnings.flatMap((text) => wrap(`warning: ${text}`, width)).map((line) => colors.yellow(line)),
  ];
  return joinSections(blocks);
}

function figureLines(result: BenchResult): string[] {
  const { figures, latency, rounds } = result;
  const series = rounds.flatMap(({ slices }) => slices.map(({ good, seconds }) => good / seconds));
  const lines = [
    ['throughput', rate(figures.throughput.value), plusMinus(figures.throughput), sparkline(series, CHART)],
  ];
  if (latency) {
    const names = ['p50', 'p90', 'p99', 'p999', 'max', 'mean'] as const;
    for (const name of names) {
      const label = name === 'p999' ? 'p99.9' : name;
      lines.push([label, duration(latency[name]), plusMinus(figures[name]), bar(latency[name] / latency.max, CHART)]);
    }
  }
  return formatTable(lines, [1, 2]);
}

function splitLines({ split, batches = [] }: BenchResult): string[] {
  if (!split) return [];
  const parts = Object.entries(split).map(([name, part]) => [
    name,
    duration(part.mean),
    duration(part.p50),
    duration(part.p99),
    bar(part.mean / (split.queue.mean + split.handler.mean + split.network.mean), CHART),
  ]);
  const all = batches.reduce((sum, { batches: count }) => sum + count, 0);
  const sizes = batches.map(({ size, batches: count }) => [
    `batch of ${size}`,
    '',
    '',
    `${((100 * count) / all).toFixed(1)} %`,
    bar(count / all, CHART),
  ]);
  const isBatched = batches.length > 1 || (batches[0]?.size ?? 1) > 1;
  return formatTable([['time spent', 'mean', 'p50', 'p99', ''], ...parts, ...(isBatched ? sizes : [])], [1, 2, 3]);
}

function processLines({ processes }: BenchResult): string[] {
  if (processes.length === 0) return [];
  const rows = processes.map(({ name, processors, residentBytes, proportionalBytes }) => [
    name,
    processors.toFixed(2),
    formatBytes(residentBytes),
    proportionalBytes === undefined ? '–' : formatBytes(proportionalBytes),
  ]);
  return formatTable([['process', 'processors', 'resident', 'its share'], ...rows], [1, 2, 3]);
}

function errorLines(result: BenchResult): string[] {
  const failed = failedIn(result);
  if (failed === 0) return [];
  const share = ((100 * failed) / (failed + result.good)).toFixed(2);
  const reasons = Object.entries(result.errors).map(([reason, count]) => `  ${whole(count)} × ${reason}`);
  return [`${whole(failed)} requests failed (${share} %); they are in no figure`, ...reasons];
}
