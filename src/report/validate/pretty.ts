import pc from 'picocolors';
import type { ArchiveReport, Finding, RunSummary, Severity, ValidationReport, Verdict } from '#check/finding.js';
import { wrap } from '../wrap.js';
import { count, locationOf } from './words.js';

export interface PrettyOptions {
  readonly color: boolean;
  /** Columns of the terminal; text is wrapped at 100 at most. */
  readonly columns?: number;
}

type Colors = ReturnType<typeof pc.createColors>;

/** What `mar validate` prints for people: every finding with its reasons, a verdict per target, one last line. */
export function prettyReport(report: ValidationReport, { color, columns = 100 }: PrettyOptions): string {
  const colors = pc.createColors(color);
  const width = Math.max(40, Math.min(100, columns));
  const many = report.archives.length + report.failures.length > 5;
  const blocks = report.archives
    .filter((archive) => !many || !archive.passed || archive.findings.some(isShown))
    .map((archive) => archiveBlock(archive, colors, width));
  for (const failure of report.failures) {
    const lines = [`${colors.bold(failure.path)}`, `  ${colors.red('not checked')}  ${failure.message}`];
    if (failure.hint !== undefined) lines.push(`  ${failure.hint}`);
    blocks.push(lines);
  }
  const last = [...unusedLines(report, colors), summary(report, colors)];
  return `${[...blocks, last].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const isShown = (finding: Finding): boolean => finding.severity !== 'note';

function archiveBlock(archive: ArchiveReport, colors: Colors, width: number): string[] {
  const lines = [colors.bold(archive.path)];
  for (const finding of archive.findings) lines.push(...findingLines(finding, colors, width), '');
  for (const { rule, message } of archive.internalErrors)
    lines.push(`  ${colors.magenta('internal')}  ${rule} could not be checked: ${message}`, '');
  if (archive.ignored > 0) lines.push(`  ${colors.dim(`${count(archive.ignored, 'finding')} ignored`)}`);
  if (archive.run) lines.push(`  ${runLine(archive.run)}`);
  return [...lines, ...archive.verdicts.map((verdict) => verdictLine(verdict, colors))];
}

function runLine({ loaded, cases, passed, seconds }: RunSummary): string {
  if (!loaded) return `ran         did not load (${seconds.toFixed(1)} s)`;
  const answers = cases === 0 ? 'no golden case to send' : `${passed} of ${count(cases, 'golden case')} passed`;
  return `ran         loaded in a worker, ${answers} (${seconds.toFixed(1)} s)`;
}

function findingLines(finding: Finding, colors: Colors, width: number): string[] {
  const paint = painter(finding.severity, colors);
  const concerned = Object.entries(finding.targets).map(([target, severity]) =>
    severity === finding.severity ? target : `${target} (${severity})`,
  );
  const head = `  ${paint(finding.severity)}  ${colors.bold(`${finding.rule} ${finding.name}`)}  ${colors.dim(concerned.join(', '))}`;
  const rows: [string, string | undefined][] = [
    ['where', locationOf(finding)],
    ['found', finding.found],
    ['expected', finding.expected],
    ['why', finding.why],
    ['mend', finding.remedy],
    ['page', `mar rules ${finding.rule}, or ${finding.page}`],
  ];
  const lines = [head, ...wrap(finding.message, width - 4).map((line) => `    ${line}`)];
  if (finding.frame !== undefined) lines.push(...finding.frame.split('\n').map((line) => `      ${line}`));
  for (const [label, text] of rows) {
    if (text === undefined) continue;
    const parts = label === 'page' ? [text] : wrap(text, width - 14);
    lines.push(...parts.map((part, index) => `    ${colors.dim((index === 0 ? label : '').padEnd(8))}  ${part}`));
  }
  return lines;
}

function painter(severity: Severity, colors: Colors): (text: string) => string {
  return severity === 'error' ? colors.red : severity === 'warning' ? colors.yellow : colors.cyan;
}

function verdictLine({ target, passed, errors, warnings, notes }: Verdict, colors: Colors): string {
  const counts = [
    errors > 0 && count(errors, 'error'),
    warnings > 0 && count(warnings, 'warning'),
    notes > 0 && count(notes, 'note'),
  ].filter((part) => part !== false);
  const verdict = passed ? colors.green('pass') : colors.red('FAIL');
  return `  ${target.padEnd(10)}  ${verdict}  ${counts.length > 0 ? counts.join(', ') : 'no findings'}`;
}

function unusedLines({ unusedIgnores }: ValidationReport, colors: Colors): string[] {
  return unusedIgnores.map((text) => colors.yellow(`the ignore '${text}' matched nothing: remove it`));
}

function summary(report: ValidationReport, colors: Colors): string {
  const { archives, failures, totals, tooManyWarnings } = report;
  const failed = archives.filter((archive) => !archive.passed).length;
  const counts = `${count(totals.error, 'error')}, ${count(totals.warning, 'warning')}, ${count(totals.note, 'note')}`;
  const parts = [
    failed > 0
      ? `${failed} of ${count(archives.length, 'archive')} failed`
      : `${count(archives.length, 'archive')} passed`,
    ...(failures.length > 0 ? [`${count(failures.length, 'path')} not checked`] : []),
    ...(tooManyWarnings !== undefined ? [`more warnings than the ${tooManyWarnings} allowed`] : []),
  ];
  return (report.passed ? colors.green : colors.red)(`${parts.join(', ')}: ${counts}`);
}
