import type { BenchResult } from '#bench/result.js';
import { printableData } from '#printable.js';
import { formatBytes } from '../bytes.js';
import { cell } from '../markdown-cell.js';
import { comparisonTexts, duration, failedIn, plusMinus, provenance, rate, statusText, whole } from './words.js';

/** A measurement for a pull request or a page. */
export function benchMarkdown(given: BenchResult): string {
  const result = printableData(given);
  const { figures, latency, split, batches, processes, errors, warnings } = result;
  const status = statusText(result);
  const lines = [
    `## ${cell(result.target.source)}`,
    ...(status === undefined ? [] : ['', `**${cell(status)}**`]),
    ...table(
      ['', ''],
      provenance(result).map(([label, text]) => [label, text]),
    ),
    ...table(
      ['figure', 'value', '95 %'],
      [
        ['throughput', rate(figures.throughput.value), plusMinus(figures.throughput)],
        ...(latency
          ? (['p50', 'p90', 'p99', 'p999', 'max', 'mean'] as const).map((name) => [
              name === 'p999' ? 'p99.9' : name,
              duration(latency[name]),
              plusMinus(figures[name]),
            ])
          : []),
        ['good answers', whole(result.good), ''],
        ['failed', whole(failedIn(result)), ''],
      ],
    ),
    ...(split
      ? table(
          ['time spent', 'mean', 'p50', 'p99'],
          Object.entries(split).map(([name, part]) => [name, ...[part.mean, part.p50, part.p99].map(duration)]),
        )
      : []),
    ...(batches
      ? table(
          ['batch of', 'batches'],
          batches.map(({ size, batches: count }) => [String(size), whole(count)]),
        )
      : []),
    ...(processes.length > 0
      ? table(
          ['process', 'processors', 'resident', 'its share'],
          processes.map(({ name, processors, residentBytes, proportionalBytes }) => [
            ...[name, processors.toFixed(2), formatBytes(residentBytes)],
            proportionalBytes === undefined ? '–' : formatBytes(proportionalBytes),
          ]),
        )
      : []),
    ...(Object.keys(errors).length > 0
      ? table(
          ['error', 'requests'],
          Object.entries(errors).map(([reason, count]) => [reason, whole(count)]),
        )
      : []),
    ...[...comparisonTexts(result), ...warnings].flatMap((text) => ['', `- ${cell(text)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return ['', line(head), line(head.map(() => '---')).replaceAll('\\', ''), ...rows.map(line)];
}
