import type { ArchiveReport, Finding, ValidationReport } from '#check/finding.js';
import { locationOf } from './words.js';

/** JUnit XML: a suite per archive, a case per target, a failure for each error there; warnings and notes are its output. */
export function junitReport(report: ValidationReport): string {
  const suites = [
    ...report.archives.map(suite),
    ...report.failures.map(
      ({ path, message, code }) =>
        `  <testsuite name="${escapeXml(path)}" tests="1" failures="0" errors="1">\n    <testcase classname="${escapeXml(path)}" name="readable">\n` +
        `      <error type="${escapeXml(code)}" message="${escapeXml(message)}"/>\n    </testcase>\n  </testsuite>`,
    ),
  ];
  const tests = report.archives.reduce((sum, archive) => sum + archive.verdicts.length, report.failures.length);
  const failures = report.archives.flatMap((archive) => archive.verdicts).filter((verdict) => !verdict.passed).length;
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<testsuites name="mar validate" tests="${tests}" failures="${failures}" errors="${report.failures.length}">\n` +
    `${suites.map((text) => `${text}\n`).join('')}</testsuites>\n`
  );
}

function suite(archive: ArchiveReport): string {
  const failed = archive.verdicts.filter((verdict) => !verdict.passed).length;
  const cases = archive.verdicts.map(({ target }) => {
    const errors = archive.findings.filter((finding) => finding.targets[target] === 'error');
    const others = archive.findings.filter((finding) => ['warning', 'note'].includes(finding.targets[target] ?? ''));
    const failures = errors.map(
      (finding) =>
        `      <failure type="${finding.rule}" message="${escapeXml(`${finding.name}: ${finding.message}`)}">${escapeXml(detail(finding))}</failure>\n`,
    );
    const output = others
      .map((finding) => `${finding.severity} ${finding.rule} ${finding.name}: ${finding.message}\n`)
      .join('');
    const printed = output === '' ? '' : `      <system-out>${escapeXml(output)}</system-out>\n`;
    return `    <testcase classname="${escapeXml(archive.path)}" name="${target}">\n${failures.join('')}${printed}    </testcase>\n`;
  });
  return (
    `  <testsuite name="${escapeXml(archive.path)}" tests="${archive.verdicts.length}" failures="${failed}" errors="0">\n` +
    `${cases.join('')}  </testsuite>`
  );
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
