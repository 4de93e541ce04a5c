import type { Finding, Severity, ValidationReport } from '#check/finding.js';
import { locationOf, printableReport, tooManyText } from './words.js';

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/** Workflow commands that GitHub Actions turns into annotations, one line per finding. */
export function githubReport(given: ValidationReport): string {
  const report = printableReport(given);
  const lines = report.archives.flatMap((archive) =>
    archive.findings.map((finding) => annotation(archive.path, finding)),
  );
  for (const { path, internalErrors } of report.archives)
    for (const { rule, message } of internalErrors)
      lines.push(`::error ${properties({ file: path, title: `${rule} could not be checked` })}::${data(message)}`);
  for (const { path, message } of report.failures)
    lines.push(`::error ${properties({ file: path, title: 'not checked' })}::${data(message)}`);
  for (const text of tooManyText(report)) lines.push(`::error title=too many warnings::${data(text)}`);
  for (const text of report.unusedIgnores)
    lines.push(`::warning title=unused ignore::${data(`the ignore '${text}' matched nothing`)}`);
  return lines.map((line) => `${line}\n`).join('');
}

function annotation(path: string, finding: Finding): string {
  const place = locationOf(finding);
  const message = `${finding.message}${place === undefined ? '' : ` [${place}]`}\n${finding.remedy}`;
  return `::${COMMANDS[finding.severity]} ${properties({ file: path, title: `${finding.rule} ${finding.name}` })}::${data(message)}`;
}

function properties(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${data(value).replaceAll(':', '%3A').replaceAll(',', '%2C')}`)
    .join(',');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
