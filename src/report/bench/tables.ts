import type { BenchResult } from '#bench/result.js';
import { formatBytes } from '../bytes.js';
import { duration, failedIn, plusMinus, rate, whole } from './words.js';

/** A part of a report: what its columns are called, and its rows. */
export interface BenchTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The figures of a measurement as tables: figures, the split of the time, batches, processes, errors; those that have something to say. */
export function benchTables(result: BenchResult): BenchTable[] {
  const { split, batches = [], processes, errors } = result;
  const tables: BenchTable[] = [
    { head: ['figure', 'value', '95 %'], rows: figureRows(result) },
    {
      head: ['time spent', 'mean', 'p50', 'p99'],
      rows: Object.entries(split ?? {}).map(([name, { mean, p50, p99 }]) => [name, ...[mean, p50, p99].map(duration)]),
    },
    { head: ['batch of', 'batches'], rows: batches.map(({ size, batches: count }) => [String(size), whole(count)]) },
    {
      head: ['process', 'processors', 'resident', 'its share'],
      rows: processes.map(({ name, processors, residentBytes, proportionalBytes }) => [
        name,
        processors.toFixed(2),
        formatBytes(residentBytes),
        proportionalBytes === undefined ? '–' : formatBytes(proportionalBytes),
      ]),
    },
    { head: ['error', 'requests'], rows: Object.entries(errors).map(([reason, count]) => [reason, whole(count)]) },
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}

function figureRows(result: BenchResult): string[][] {
  const { figures, latency, good } = result;
  const names = ['p50', 'p90', 'p99', 'p999', 'max', 'mean'] as const;
  return [
    ['throughput', rate(figures.throughput.value), plusMinus(figures.throughput)],
    ...(latency
      ? names.map((name) => [name === 'p999' ? 'p99.9' : name, duration(latency[name]), plusMinus(figures[name])])
      : []),
    ['good answers', whole(good), ''],
    ['failed', whole(failedIn(result)), ''],
  ];
}
