import { readFileSync } from 'node:fs';
import Ajv from 'ajv-draft-04';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rules } from '#index.js';
import { jsonReport } from '#report/json.js';
import { githubReport } from '#report/validate/github.js';
import { junitReport } from '#report/validate/junit.js';
import { markdownReport } from '#report/validate/markdown.js';
import { prettyReport } from '#report/validate/pretty.js';
import { sarifReport } from '#report/validate/sarif.js';
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
    'mend      Take two parameters',
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
