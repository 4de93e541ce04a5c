import pc from 'picocolors';
import type { ArchiveReport, Finding, Severity, ValidationReport } from '#check/finding.js';
import { wrap } from '../wrap.js';
import { type Group, groupFindings } from './group.js';
import { archiveLine, type Colors, countsOf, runText, unusedLines } from './verdicts.js';
import { count, locationOf, printableReport } from './words.js';

export interface PrettyOptions {
  readonly color: boolean;
  /** Columns of the terminal; text is wrapped at 100 at most. */
  readonly columns?: number;
}

/** Findings of one rule in one archive that are shown with everything they say, and those that are shown at all. */
const IN_FULL = 3;
const LISTED = 10;
/** With more archives than this, one without findings gets a line instead of a block. */
const FEW = 5;
/** Archives without findings, and passing ones with some, that are shown where there are many. */
const PASSED = 20;

interface Style {
  readonly colors: Colors;
  readonly width: number;
  /** Rules whose reasons were printed already: one explanation for the whole report is enough. */
  readonly explained: Set<string>;
}

/**
 * What `mar validate` prints for people: the findings of each archive by rule, a verdict per target, one last line. Only what is
 * printed is capped, and each cap says what it left out.
 */
export function prettyReport(given: ValidationReport, { color, columns = 100 }: PrettyOptions): string {
  const report = printableReport(given);
  const colors = pc.createColors(color);
  const style: Style = { colors, width: Math.max(40, Math.min(100, columns)), explained: new Set() };
  const few = report.archives.length + report.failures.length <= FEW;
  const blocks = few ? report.archives.map((archive) => archiveBlock(archive, style)) : manyBlocks(report, style);
  for (const failure of report.failures) {
    const lines = [`${colors.bold(failure.path)}`, `  ${colors.red('not checked')}  ${failure.message}`];
    if (failure.hint !== undefined) lines.push(`  ${failure.hint}`);
    blocks.push(lines);
  }
  const last = [...unusedLines(report, colors), summary(report, colors)];
  return `${[...blocks, last].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** What passed comes first, so that what failed is next to the last line. */
function manyBlocks({ archives }: ValidationReport, style: Style): string[][] {
  const { colors } = style;
  const isClean = ({ passed, findings, internalErrors }: ArchiveReport): boolean =>
    passed && findings.length + internalErrors.length === 0;
  const clean = archives.filter(isClean);
  const rest = archives.filter((archive) => !isClean(archive));
  const passed = rest.filter((archive) => archive.passed && archive.internalErrors.length === 0);
  const failed = rest.filter((archive) => !passed.includes(archive));
  const shown = clean.slice(0, PASSED);
  const width = Math.max(0, ...shown.map(({ path }) => path.length));
  const lines = shown.map((archive) => archiveLine(archive, colors, width));
  const leftOut = (number: number, what: string): string[] =>
    number > 0
      ? [colors.dim(`… and ${number} more ${number === 1 ? 'archive' : 'archives'} passed ${what} (--quiet lists all)`)]
      : [];
  lines.push(...leftOut(clean.length - shown.length, 'without findings'));
  const notes = leftOut(passed.length - PASSED, 'with warnings or notes');
  return [
    lines,
    ...passed.slice(0, PASSED).map((archive) => archiveBlock(archive, style)),
    notes,
    ...failed.map((archive) => archiveBlock(archive, style)),
  ].filter((block) => block.length > 0);
}

function archiveBlock(archive: ArchiveReport, style: Style): string[] {
  const { colors } = style;
  const lines = [colors.bold(archive.path)];
  for (const group of groupFindings(archive.findings)) lines.push(...groupLines(group, style), '');
  for (const { rule, message } of archive.internalErrors)
    lines.push(`  ${colors.magenta('internal')}  ${rule} could not be checked: ${message}`, '');
  if (archive.ignored > 0) lines.push(`  ${colors.dim(`${count(archive.ignored, 'finding')} ignored`)}`);
  if (archive.run) lines.push(`  ran         ${runText(archive.run)}`);
  if (archive.attested !== undefined) lines.push(`  attested    ${archive.attested}`);
  for (const verdict of archive.verdicts) {
    const word = verdict.passed ? colors.green('pass') : colors.red('FAIL');
    lines.push(`  ${verdict.target.padEnd(10)}  ${word}  ${countsOf(verdict)}`);
  }
  return lines;
}

/** One rule: its findings, then once why it matters and what to do. */
function groupLines({ first, findings, remedy }: Group, style: Style): string[] {
  const { colors, width, explained } = style;
  const paint = painter(first.severity, colors);
  const concerned = Object.entries(first.targets).map(([target, severity]) =>
    severity === first.severity ? target : `${target} (${severity})`,
  );
  const number = findings.length > 1 ? `  ${findings.length} findings` : '';
  const title = colors.bold(`${first.rule} ${first.name}`);
  const lines = [`  ${paint(first.severity)}  ${title}  ${colors.dim(concerned.join(', '))}${number}`];
  const full = findings.length <= IN_FULL + 1 ? findings.length : IN_FULL;
  for (const finding of findings.slice(0, full))
    lines.push(...findingLines(finding, remedy === undefined ? finding.remedy : undefined, style));
  const short = findings.slice(full, LISTED).flatMap((finding) => wrap(shortText(finding), width - 4));
  lines.push(...short.map((line) => `    ${line}`));
  const more = findings.length - LISTED;
  if (more > 0) lines.push(colors.dim(`    … and ${more} more (--format json lists all)`));
  const known = explained.has(`${first.rule} ${remedy}`);
  explained.add(`${first.rule} ${remedy}`);
  const page = `mar rules ${first.rule}`;
  return [
    ...lines,
    ...(known ? [] : [...row('why', first.why, style), ...(remedy === undefined ? [] : row('fix', remedy, style))]),
    ...row('page', known ? `${page} (explained above)` : `${page}, or ${first.page}`, style),
  ];
}

/** What one finding says for itself. */
function findingLines(finding: Finding, remedy: string | undefined, style: Style): string[] {
  const lines = wrap(finding.message, style.width - 4).map((line) => `    ${line}`);
  if (finding.frame !== undefined) lines.push(...finding.frame.split('\n').map((line) => `      ${line}`));
  const rows = [
    ['where', locationOf(finding)],
    ['found', finding.found],
    ['expected', finding.expected],
    ['fix', remedy],
  ] as const;
  return [...lines, ...rows.flatMap(([label, text]) => (text === undefined ? [] : row(label, text, style)))];
}

function shortText(finding: Finding): string {
  const place = locationOf(finding);
  return place === undefined || finding.message.includes(place) ? finding.message : `${place}: ${finding.message}`;
}

function row(label: string, text: string, { colors, width }: Style): string[] {
  const parts = label === 'page' ? [text] : wrap(text, width - 14);
  return parts.map((part, index) => `    ${colors.dim((index === 0 ? label : '').padEnd(8))}  ${part}`);
}

function painter(severity: Severity, colors: Colors): (text: string) => string {
  return severity === 'error' ? colors.red : severity === 'warning' ? colors.yellow : colors.cyan;
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
