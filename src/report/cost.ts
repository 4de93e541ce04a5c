import type { Priced, Ratio } from '#cost/cost.js';
import type { CostTable } from '#cost/cost-table.js';
import { printableData } from '#printable.js';
import { joinSections } from './sections.js';
import { formatTable } from './table.js';

/** Forms of the table for people and for other programs. */
export const COST_FORMATS = ['text', 'markdown', 'csv'] as const;
export type CostFormat = (typeof COST_FORMATS)[number];

const NUMBERS = [1, 2, 3, 4, 5, 6];

/** What `mar cost` prints. Of CSV only the rows, without a remark, so that a program can read it. */
export function costReport(found: CostTable & { readonly measured?: string }, format: CostFormat): string {
  const table = printableData(found);
  const rows = [heads(table.currency, format), ...table.rows.map((row) => cells(row, format))];
  if (format === 'csv') return `${rows.map((row) => row.map(csvCell).join(',')).join('\n')}\n`;
  const show = format === 'markdown' ? markdownTable : formatTable;
  const against = table.ratios[0]?.against;
  const sections = [
    show(rows, NUMBERS),
    against === undefined
      ? []
      : [`Divided by '${against}':`, ...blank(format), ...show(ratioRows(table.ratios), [1, 2, 3])],
    remarks(table),
  ];
  return joinSections(sections);
}

/** A table of Markdown needs an empty line above it. */
const blank = (format: CostFormat): string[] => (format === 'markdown' ? [''] : []);

function heads(currency: string, format: CostFormat): string[] {
  if (format === 'csv')
    return [
      'configuration',
      'workers',
      'omp_threads',
      'throughput_per_second',
      'latency_ms',
      `${currency.toLowerCase()}_per_hour`,
      `${currency.toLowerCase()}_per_100000_requests`,
    ];
  return [
    'configuration',
    'workers',
    'OMP threads',
    'throughput /s',
    'latency ms',
    `${currency}/hour`,
    `${currency} per 100,000 requests`,
  ];
}

function cells(row: Priced, format: CostFormat): string[] {
  const absent = format === 'csv' ? '' : '–';
  const exact = format === 'csv';
  return [
    row.configuration,
    ...[row.workers, row.ompThreads].map((count) => (count === undefined ? absent : String(count))),
    exact ? String(row.throughput) : row.throughput.toFixed(2),
    row.latencyMs === undefined ? absent : String(row.latencyMs),
    String(Number(row.hourly.toPrecision(12))),
    exact ? String(row.cost) : row.cost.toFixed(2),
  ];
}

function ratioRows(ratios: readonly Ratio[]): string[][] {
  const times = (value: number | undefined): string => (value === undefined ? '–' : `${value.toFixed(2)}×`);
  return [
    ['configuration', 'throughput', 'latency', 'cost'],
    ...ratios.map((ratio) => [ratio.configuration, times(ratio.throughput), times(ratio.latency), times(ratio.cost)]),
  ];
}

function measuredText({ measured }: CostTable & { readonly measured?: string }): string {
  if (measured === undefined) return 'Nothing was measured for this table.';
  return `Only '${measured}' was measured by this run, with the mean as its latency.`;
}

/** Where every figure comes from: the costs are worked out here, what they rest on is not. */
function remarks(table: CostTable & { readonly measured?: string }): string[] {
  const place = table.region === undefined ? '' : `, ${table.region}`;
  return [
    `Prices of ${table.pricesOf}${place}${table.pricesFrom === undefined ? '' : `: ${table.pricesFrom}`}`,
    ...(table.measurementsFrom === undefined ? [] : [`Throughput and latency: ${table.measurementsFrom}`]),
    `Cost = price per hour / (throughput × 3600) × 100,000. ${measuredText(table)}`,
  ];
}

function markdownTable(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const line = (row: readonly string[]): string => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [
    line(head),
    `|${head.map((_, column) => (right.includes(column) ? '---:' : '---')).join('|')}|`,
    ...body.map(line),
  ];
}

function csvCell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
