import { readFileSync } from 'node:fs';
import Ajv from 'ajv-draft-04';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArchiveReport, Finding, ValidationReport, Verdict } from '#index.js';
import { rules } from '#index.js';
import { jsonReport } from '#report/json.js';
import { githubReport } from '#report/validate/github.js';
import { junitReport } from '#report/validate/junit.js';
import { markdownReport } from '#report/validate/markdown.js';
import { prettyReport } from '#report/validate/pretty.js';
import { sarifReport } from '#report/validate/sarif.js';
import { quietReport } from '#report/validate/verdicts.js';
import { schemaCheck } from '#schema.js';
import { sampleReport } from './sample-report.js';

const report = await sampleReport();

test('pretty: every finding with its reasons, a verdict per target, one last line', () => {
  const text = prettyReport(report, { color: false });
  for (const part of [
    'bad.mar\n',
    'error  MAR306 handler-arity  local, mms',
    'handle(data) cannot be called with (data, context)',
    '> 1 | def handle(data):',
    'where     service.py:1:5',
    'expected  (data, context)',
    'why       Every server calls it',
    'fix       Take two parameters',
    'page      mar rules MAR306',
    '  mms         FAIL  2 errors',
    '  local       pass  1 warning',
    "the ignore 'MAR101' matched nothing",
    'not checked  absent.mar does not exist',
    '1 of 2 archives failed, 1 path not checked: 2 errors, 1 warning, 0 notes\n',
  ])
    assert.ok(text.includes(part), `${part}\nis not in\n${text}`);
  assert.not(text.includes('\u001b'));
  assert.ok(prettyReport(report, { color: true }).includes('\u001b[31m'));
  for (const line of prettyReport(report, { color: false, columns: 60 }).split('\n'))
    assert.ok(line.length <= 60 || /page|FAIL|archives failed|\|/.test(line), line);
});

const clash = (index: number): Finding => ({
  rule: 'MAR123',
  name: 'case-clash',
  severity: 'error',
  targets: { local: 'error', mms: 'warning' },
  message: `A${index}.txt and a${index}.txt clash`,
  at: { entry: `a${index}.txt` },
  why: 'One overwrites the other.',
  remedy: 'Rename one.',
  page: 'docs/rules.md#mar123-case-clash',
});

/** A report of one archive for each list of findings; an empty list passes. */
function reportOf(...archives: (readonly Finding[])[]): ValidationReport {
  const totals = { error: archives.flat().length, warning: 0, note: 0 };
  const list = archives.map((findings, index): ArchiveReport => {
    const [errors, passed] = [findings.length, findings.length === 0];
    const verdicts: Verdict[] = [{ target: 'local', passed, errors, warnings: 0, notes: 0 }];
    return { path: `${index}.mar`, passed, findings, verdicts, ignored: 0, internalErrors: [] };
  });
  return {
    version: '1',
    archives: list,
    failures: [],
    unusedIgnores: [],
    unusedAllows: [],
    totals,
    passed: totals.error === 0,
  };
}

const many = (number: number): Finding[] => Array.from({ length: number }, (_, index) => clash(index));

test('pretty: 300 findings of one rule are one block: three in full, seven in a line, the rest counted', () => {
  const other: Finding = { ...clash(0), rule: 'MAR119', name: 'windows-name', severity: 'note', targets: {} };
  const text = prettyReport(reportOf([...many(300), other]), { color: false });
  assert.is(
    text,
    `0.mar
  error  MAR123 case-clash  local, mms (warning)  300 findings
    A0.txt and a0.txt clash
    where     a0.txt
    A1.txt and a1.txt clash
    where     a1.txt
    A2.txt and a2.txt clash
    where     a2.txt
    A3.txt and a3.txt clash
    A4.txt and a4.txt clash
    A5.txt and a5.txt clash
    A6.txt and a6.txt clash
    A7.txt and a7.txt clash
    A8.txt and a8.txt clash
    A9.txt and a9.txt clash
    … and 290 more (--format json lists all)
    why       One overwrites the other.
    fix       Rename one.
    page      mar rules MAR123, or docs/rules.md#mar123-case-clash

  note  MAR119 windows-name  
    A0.txt and a0.txt clash
    where     a0.txt
    why       One overwrites the other.
    fix       Rename one.
    page      mar rules MAR119, or docs/rules.md#mar123-case-clash

  local       FAIL  301 errors

1 of 1 archive failed: 301 errors, 0 warnings, 0 notes
`,
  );
});

test('pretty: what is graver or concerns other targets is a block of its own, and each own remedy stays', () => {
  const [first, second, third] = [clash(0), { ...clash(1), severity: 'note' as const }, clash(2)];
  const text = prettyReport(reportOf([first, { ...third, remedy: 'Remove one.' }, second]), { color: false });
  assert.is(text.match(/MAR123 case-clash/g)?.length, 2);
  assert.match(text, /where +a0\.txt\n +fix +Rename one\.\n +A2.*\n +where +a2\.txt\n +fix +Remove one\.\n +why/);
});

test('pretty: an explanation is given once in a report', () => {
  const text = prettyReport(reportOf(many(1), many(2), []), { color: false });
  assert.is(text.match(/why /g)?.length, 1);
  assert.is(text.match(/page +mar rules MAR123 \(explained above\)/g)?.length, 1);
});

test('pretty: of many archives each that passed has a line or a block, and what is left out is counted', () => {
  const note: Finding = { ...clash(7), severity: 'note', targets: { local: 'note' } };
  const noted = (report: ValidationReport): ValidationReport => ({
    ...report,
    archives: report.archives.map((archive) => ({
      ...archive,
      passed: archive.findings.length !== 1,
      findings: archive.findings.length === 2 ? [note] : archive.findings,
    })),
  });
  const few = prettyReport(noted(reportOf([], many(2), many(1), [], [], [])), { color: false });
  assert.match(
    few,
    /^0\.mar {2}pass {2}local\n3\.mar {2}pass {2}local\n4\.mar {2}pass {2}local\n5\.mar {2}pass {2}local\n\n1\.mar\n {2}note {2}MAR123/,
  );
  assert.ok(few.indexOf('1.mar\n') < few.indexOf('2.mar\n'), 'what failed is next to the last line');
  assert.not.match(few, /… and/);
  const clean = Array.from({ length: 25 }, () => []);
  const notes = Array.from({ length: 22 }, () => many(2));
  const text = prettyReport(noted(reportOf(...clean, ...notes, many(1))), { color: false });
  assert.match(
    text,
    /\n19\.mar {2}pass {2}local\n… and 5 more archives passed without findings \(--quiet lists all\)\n/,
  );
  assert.match(text, /\n… and 2 more archives passed with warnings or notes \(--quiet lists all\)\n\n47\.mar\n/);
  assert.match(text, /\n44\.mar\n/);
});

test('quiet: a line for every archive and for every other reason to fail', () => {
  assert.is(
    quietReport({ ...report, tooManyWarnings: 0 }, { color: false }),
    `bad.mar         FAIL  local 2 errors; mms 2 errors
warn, 100%.mar  pass  local 1 warning; mms 1 warning
absent.mar      not checked  absent.mar does not exist
the ignore 'MAR101' matched nothing: remove it
1 warning, more than the 0 allowed
`,
  );
  const [archive] = reportOf([]).archives;
  const internal = { rule: 'MAR101', message: 'a defect' };
  const run = { loaded: true, cases: 2, passed: 2, seconds: 1 };
  const broken = {
    ...reportOf(),
    archives: archive ? [{ ...archive, run, ignored: 1, internalErrors: [internal] }] : [],
  };
  assert.is(
    quietReport(broken, { color: false }),
    '0.mar  pass  local; 1 finding ignored; loaded in a worker, 2 of 2 golden cases passed (1.0 s); internal: MAR101 could not be checked: a defect\n',
  );
});

test('json: as schemas/report.schema.json describes it', () => {
  assert.equal(schemaCheck('report')(JSON.parse(jsonReport(report))), []);
  assert.equal(schemaCheck('report')({ ...report, passed: 'yes', extra: 1 }).length, 2);
});

test('sarif: accepted by the schema of SARIF 2.1.0, entries nested in their archive', async () => {
  const ajv = new Ajv.default({ strict: false, validateFormats: false, unicodeRegExp: false });
  const schema: object = JSON.parse(
    readFileSync(new URL('../fixtures/sarif/sarif-2.1.0-rtm.5.json', import.meta.url), 'utf8'),
  );
  const valid = ajv.compile(schema);
  const text = sarifReport(report, await rules());
  assert.ok(valid(JSON.parse(text)), JSON.stringify(valid.errors));
  assert.not(valid({ ...JSON.parse(text), version: '1.0' }), 'the schema can refuse');
  const log = JSON.parse(text);
  const [run] = log.runs;
  assert.is(run.results.length, 3);
  const [first] = run.results;
  assert.is(run.tool.driver.rules[first.ruleIndex].id, first.ruleId);
  const { artifactLocation, region } = first.locations[0].physicalLocation;
  assert.equal([artifactLocation.uri, region.startLine], ['service.py', 1]);
  const artifact = run.artifacts[artifactLocation.index];
  assert.is(run.artifacts[artifact.parentIndex].location.uri, 'bad.mar');
  assert.ok(run.artifacts.some((one: { location: { uri: string } }) => one.location.uri === 'warn%2C%20100%25.mar'));
  assert.is(run.invocations[0].executionSuccessful, false);
});

test('sarif: fingerprints stay when lines, folders and numbers change, and differ between faults', async () => {
  const words = await rules();
  const prints = (from: typeof report): string[] =>
    JSON.parse(sarifReport(from, words)).runs[0].results.map(
      (one: { partialFingerprints: Record<string, string> }) => one.partialFingerprints['marFinding/v1'],
    );
  const moved = {
    ...report,
    archives: report.archives.map((archive) => ({
      ...archive,
      path: `/elsewhere/${archive.path}`,
      findings: archive.findings.map((finding) => ({ ...finding, at: { ...finding.at, line: 99 }, frame: '' })),
    })),
  };
  assert.equal(prints(moved), prints(report));
  assert.is(new Set(prints(report)).size, 3);
});

test('junit: well-formed, a case per target, failures and errors counted', () => {
  const text = junitReport(report);
  assert.match(
    text,
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="mar validate" tests="5" failures="2" errors="1">/,
  );
  assert.is(text.match(/<testcase /g)?.length, 5);
  assert.is(text.match(/<failure /g)?.length, 4);
  assert.match(text, /<system-out>warning MAR222/);
  assertBalanced(text);
});

test('github: one command per finding, properties and message escaped', () => {
  const lines = githubReport(report).trimEnd().split('\n');
  assert.is(lines.length, 5);
  assert.match(
    lines[0] ?? '',
    /^::error file=bad\.mar,title=MAR306 handler-arity::handle\(data\) cannot be called .*%0A/,
  );
  assert.ok(lines.some((line) => line.startsWith('::warning file=warn%2C 100%25.mar,title=MAR222 unknown-field::')));
});

test('markdown: a table of verdicts, then the findings; no cell can break the table', () => {
  const text = markdownReport(report);
  assert.match(text, /^## Failed: 2 archives, 2 errors, 1 warning, 0 notes\n/);
  assert.ok(text.includes('| bad.mar | mms | **fail** | 2 | 0 | 0 |'));
  assert.ok(text.includes('| absent.mar | – | **not checked**'));
  for (const line of text.split('\n').filter((row) => row.startsWith('|')))
    assert.ok([6, 7].includes(line.replaceAll('\\|', '').split('|').length - 1), line);
});

test('markdown: a row for each rule, its places listed and the rest counted', () => {
  const rows = markdownReport(reportOf(many(300)))
    .split('\n')
    .filter((line) => line.includes('MAR123'));
  assert.is(rows.length, 1);
  assert.match(rows[0] ?? '', /^\| error \| MAR123 case-clash \(300 findings\) \| a0\.txt<br>a1\.txt<br>/);
  assert.match(rows[0] ?? '', /<br>a9\.txt<br>… and 290 more \| A0.*<br>… and 297 more \| Rename one\. \|$/);
});

/** Every element that is opened is closed, in order. */
function assertBalanced(xml: string): void {
  const open: string[] = [];
  for (const [, close, name, rest] of xml.replace(/<\?.*?\?>/, '').matchAll(/<(\/?)([\w-]+)((?:[^<>"]|"[^"<]*")*)>/g)) {
    if (close) assert.is(open.pop(), name);
    else if (!rest?.endsWith('/')) open.push(name ?? '');
  }
  assert.equal(open, []);
}

test.run();
