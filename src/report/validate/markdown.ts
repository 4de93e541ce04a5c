import type { ValidationReport } from '#check/finding.js';
import { count, locationOf } from './words.js';

/** A summary for a pull request or a wiki: a table of verdicts, then the findings of each archive. */
export function markdownReport(report: ValidationReport): string {
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
  for (const { path, findings } of report.archives) {
    if (findings.length === 0) continue;
    lines.push('', `### ${cell(path)}`, '', '| | rule | where | what | mend |', '| --- | --- | --- | --- | --- |');
    for (const finding of findings)
      lines.push(
        `| ${finding.severity} | ${finding.rule} ${finding.name} | ${cell(locationOf(finding) ?? '')} | ${cell(finding.message)} | ${cell(finding.remedy)} |`,
      );
  }
  if (report.unusedIgnores.length > 0)
    lines.push(
      '',
      `Ignores that matched nothing: ${report.unusedIgnores.map((text) => `\`${cell(text)}\``).join(', ')}`,
    );
  return `${lines.join('\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}
