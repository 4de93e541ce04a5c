import pc from 'picocolors';
import type { ArchiveReport, Failure, RunSummary, ValidationReport, Verdict } from '#check/finding.js';
import { lifeText } from '../life.js';
import { count, printableReport, tooManyText } from './words.js';

export type Colors = ReturnType<typeof pc.createColors>;

/** What `mar validate --quiet` prints: a line for every archive and for every other reason to fail, however many there are. */
export function quietReport(given: ValidationReport, { color }: { readonly color: boolean }): string {
  const report = printableReport(given);
  const colors = pc.createColors(color);
  const width = Math.max(0, ...[...report.archives, ...report.failures].map(({ path }) => path.length));
  const lines = [
    ...report.archives.map((archive) => archiveLine(archive, colors, width)),
    ...report.failures.map((failure) => failureLine(failure, colors, width)),
    ...unusedLines(report, colors),
    ...tooManyText(report).map(colors.red),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** `good.mar  pass  local, mms` or `bad.mar  FAIL  local 2 errors; mms no findings`, and what else happened to the archive. */
export function archiveLine(archive: ArchiveReport, colors: Colors, width: number): string {
  const { path, passed, verdicts, internalErrors } = archive;
  const clean = verdicts.every((verdict) => verdict.errors + verdict.warnings + verdict.notes === 0);
  const parts = verdicts.map((verdict) => (clean ? verdict.target : `${verdict.target} ${countsOf(verdict)}`));
  const more = [
    ...(archive.ignored > 0 ? [`${count(archive.ignored, 'finding')} ignored`] : []),
    ...(archive.run ? [runText(archive.run)] : []),
    ...(archive.attested === undefined ? [] : [`attested in ${archive.attested}`]),
    ...internalErrors.map(({ rule, message }) => `internal: ${rule} could not be checked: ${message}`),
  ];
  const verdict = passed ? colors.green('pass') : colors.red('FAIL');
  return `${path.padEnd(width)}  ${verdict}  ${[parts.join(clean ? ', ' : '; '), ...more].join('; ')}`;
}

function failureLine({ path, message }: Failure, colors: Colors, width: number): string {
  return `${path.padEnd(width)}  ${colors.red('not checked')}  ${message}`;
}

/** `2 errors, 1 note`, or `no findings`. */
export function countsOf({ errors, warnings, notes }: Verdict): string {
  const counts = [
    errors > 0 && count(errors, 'error'),
    warnings > 0 && count(warnings, 'warning'),
    notes > 0 && count(notes, 'note'),
  ].filter((part) => part !== false);
  return counts.length > 0 ? counts.join(', ') : 'no findings';
}

/** What `--run` did. */
export function runText({ loaded, cases, passed, seconds, contract, seen }: RunSummary): string {
  const kept =
    seen === undefined ? '' : seen.uncontained === undefined ? ', contained' : `, NOT CONTAINED: ${seen.uncontained}`;
  if (!loaded) return `did not load (${seconds.toFixed(1)} s)${kept}`;
  const answers = cases === 0 ? 'no golden case to send' : `${passed} of ${count(cases, 'golden case')} passed`;
  const life = contract?.life === undefined ? '' : `, ${lifeText(contract.life)}`;
  return `loaded in a worker, ${answers}${life} (${seconds.toFixed(1)} s)${kept}`;
}

/** Ignores and entries of the allow list that matched nothing. */
export function unusedLines({ unusedIgnores, unusedAllows }: ValidationReport, colors: Colors): string[] {
  return [
    ...unusedIgnores.map((text) => colors.yellow(`the ignore '${text}' matched nothing: remove it`)),
    ...unusedAllows.map((text) => colors.yellow(`no pickle imports '${text}', which the allow list has: remove it`)),
  ];
}
