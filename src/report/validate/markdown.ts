import type { ValidationReport } from '#check/finding.js';
import { cell } from '../markdown-cell.js';
import { type Group, groupFindings } from './group.js';
import { count, locationOf, printableReport, tooManyText } from './words.js';

/** Places of one rule that a row names, and messages that it quotes. */
const PLACES = 10;
const MESSAGES = 3;

/** A summary for a pull request or a wiki: a table of verdicts, then a row for each rule that an archive breaks. */
export function markdownReport(given: ValidationReport): string {
  const report = printableReport(given);
  const { totals } = report;
  const lines = [
    `## ${report.passed ? 'Passed' : 'Failed'}: ${count(report.archives.length, 'archive')}, ${count(totals.error, 'error')}, ${count(totals.warning, 'warning')}, ${count(totals.note, 'note')}`,
    '',
    '| archive | target | verdict | errors | warnings | notes |',
    '| --- | --- | --- | --- | --- | --- |',
  ];
  for (const { path, verdicts } of report.archives)
    for (const { target, passed, errors, warnings, notes } of verdicts)
      lines.push(
        `| ${cell(path)} | ${target} | ${passed ? 'pass' : '**fail**'} | ${errors} | ${warnings} | ${notes} |`,
      );
  for (const { path, message } of report.failures)
    lines.push(`| ${cell(path)} | – | **not checked**: ${cell(message)} | – | – | – |`);
  for (const { path, internalErrors } of report.archives)
    for (const { rule, message } of internalErrors)
      lines.push(`| ${cell(path)} | – | **${cell(rule)} could not be checked**: ${cell(message)} | – | – | – |`);
  for (const { path, findings } of report.archives) {
    if (findings.length === 0) continue;
    lines.push('', `### ${cell(path)}`, '', '| | rule | where | what | fix |', '| --- | --- | --- | --- | --- |');
    lines.push(...groupFindings(findings).map(row));
  }
  for (const text of tooManyText(report)) lines.push('', `**Failed**: ${text}.`);
  if (report.unusedIgnores.length > 0)
    lines.push('', `Ignores that matched nothing: ${report.unusedIgnores.map((text) => `'${cell(text)}'`).join(', ')}`);
  return `${lines.join('\n')}\n`;
}

function row({ first, findings }: Group): string {
  const number = findings.length > 1 ? ` (${findings.length} findings)` : '';
  const places = findings.flatMap((finding) => locationOf(finding) ?? []);
  const remedies = new Set(findings.map(({ remedy }) => remedy));
  const cells = [
    first.severity,
    `${first.rule} ${first.name}${number}`,
    listed([...new Set(places)], PLACES),
    listed(
      findings.map(({ message }) => message),
      MESSAGES,
    ),
    listed([...remedies], MESSAGES),
  ];
  return `| ${cells.join(' | ')} |`;
}

function listed(texts: readonly string[], most: number): string {
  const more = texts.length - most;
  return [...texts.slice(0, most).map(cell), ...(more > 0 ? [`… and ${more} more`] : [])].join('<br>');
}
