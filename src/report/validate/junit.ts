import type { ArchiveReport, Finding, ValidationReport } from '#check/finding.js';
import { locationOf, printableReport, tooManyText } from './words.js';

/**
 * JUnit XML: a suite per archive, a case per target, a failure for each error there; warnings and notes are its output. What kept the
 * validator from looking is an error, and so is every other reason to fail.
 */
export function junitReport(given: ValidationReport): string {
  const report = printableReport(given);
  const { archives, failures } = report;
  const tooMany = tooManyText(report);
  const suites = [
    ...archives.map(suite),
    ...failures.map(
      ({ path, message, code }) =>
        `${suiteStart(path, 1, 0, 1)}${errorCase(path, 'readable', code, message)}  </testsuite>\n`,
    ),
    ...tooMany.map(
      (text) =>
        `${suiteStart('warnings', 1, 0, 1)}${errorCase('warnings', 'number', 'warnings', text)}  </testsuite>\n`,
    ),
  ];
  const verdicts = archives.flatMap((archive) => archive.verdicts);
  const errors =
    archives.reduce((sum, { internalErrors }) => sum + internalErrors.length, failures.length) + tooMany.length;
  const failed = verdicts.filter((verdict) => !verdict.passed).length;
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<testsuites name="mar validate" tests="${verdicts.length + errors}" failures="${failed}" errors="${errors}">\n` +
    `${suites.join('')}</testsuites>\n`
  );
}

function suiteStart(name: string, tests: number, failures: number, errors: number): string {
  return `  <testsuite name="${escapeXml(name)}" tests="${tests}" failures="${failures}" errors="${errors}">\n`;
}

function errorCase(suiteName: string, name: string, type: string, message: string): string {
  return (
    `    <testcase classname="${escapeXml(suiteName)}" name="${escapeXml(name)}">\n` +
    `      <error type="${escapeXml(type)}" message="${escapeXml(message)}"/>\n    </testcase>\n`
  );
}

function suite({ path, findings, verdicts, internalErrors }: ArchiveReport): string {
  const failed = verdicts.filter((verdict) => !verdict.passed).length;
  const broken = internalErrors.map(({ rule, message }) =>
    errorCase(path, rule, 'internal', `${rule} could not be checked: ${message}`),
  );
  const cases = verdicts.map(({ target }) => {
    const errors = findings.filter((finding) => finding.targets[target] === 'error');
    const others = findings.filter((finding) => ['warning', 'note'].includes(finding.targets[target] ?? ''));
    const failures = errors.map(
      (finding) =>
        `      <failure type="${finding.rule}" message="${escapeXml(`${finding.name}: ${finding.message}`)}">${escapeXml(detail(finding))}</failure>\n`,
    );
    const output = others
      .map((finding) => `${finding.severity} ${finding.rule} ${finding.name}: ${finding.message}\n`)
      .join('');
    const printed = output === '' ? '' : `      <system-out>${escapeXml(output)}</system-out>\n`;
    return `    <testcase classname="${escapeXml(path)}" name="${target}">\n${failures.join('')}${printed}    </testcase>\n`;
  });
  return `${suiteStart(path, verdicts.length + broken.length, failed, broken.length)}${cases.join('')}${broken.join('')}  </testsuite>\n`;
}

function detail(finding: Finding): string {
  const place = locationOf(finding);
  return [
    ...(place === undefined ? [] : [place]),
    ...(finding.frame === undefined ? [] : [finding.frame]),
    finding.why,
    finding.remedy,
    finding.page,
  ].join('\n');
}

/** XML 1.0 has no place for control characters, not even escaped. */
function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replace(/[^\t\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}
