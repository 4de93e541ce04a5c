import type { BenchResult } from '#bench/result.js';
import { printableData } from '#printable.js';
import { costReport } from '../cost.js';
import { cell } from '../markdown-cell.js';
import { type BenchTable, benchTables } from './tables.js';
import { comparisonTexts, provenance, statusText } from './words.js';

/** A measurement for a pull request or a page. */
export function benchMarkdown(given: BenchResult): string {
  const result = printableData(given);
  const status = statusText(result);
  const lines = [
    `## ${cell(result.target.source)}`,
    ...(status === undefined ? [] : ['', `**${cell(status)}**`]),
    ...[{ head: ['', ''], rows: provenance(result) }, ...benchTables(result)].flatMap(tableLines),
    ...(result.costs ? ['', costReport(result.costs, 'markdown').trimEnd()] : []),
    ...[...comparisonTexts(result), ...result.warnings].flatMap((text) => ['', `- ${cell(text)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function tableLines({ head, rows }: BenchTable): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return ['', line(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(line)];
}
