import { marked } from 'marked';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Finding, ValidationReport } from '#check/finding.js';
import { rules } from '#index.js';
import { jsonReport } from '#report/json.js';
import { githubReport } from '#report/validate/github.js';
import { junitReport } from '#report/validate/junit.js';
import { markdownReport } from '#report/validate/markdown.js';
import { prettyReport } from '#report/validate/pretty.js';
import { sarifReport } from '#report/validate/sarif.js';
import { quietReport } from '#report/validate/verdicts.js';
import { assertNoCommand, assertTame, poisoned } from './poison.js';

const finding: Finding = {
  rule: 'MAR123',
  name: 'case-clash',
  severity: 'error',
  targets: { local: 'error' },
  message: 'a message',
  at: { entry: 'a.txt', pointer: '/a', line: 1, column: 2 },
  found: 'a thing',
  expected: 'another',
  frame: '1 | x\n  | ^',
  why: 'a reason',
  remedy: 'a remedy',
  page: 'docs/rules.md',
};
const SAMPLE: ValidationReport = {
  version: '1.0.0',
  archives: [
    {
      path: 'a.mar',
      passed: false,
      findings: [finding, { ...finding, severity: 'warning', targets: { local: 'warning' } }],
      verdicts: [{ target: 'local', passed: false, errors: 1, warnings: 1, notes: 0 }],
      run: { loaded: true, cases: 1, passed: 1, seconds: 1 },
      ignored: 1,
      internalErrors: [{ rule: 'MAR101', message: 'a defect', stack: 'at x' }],
    },
  ],
  failures: [{ path: 'b.mar', code: 'ERR_ARCHIVE_UNREADABLE', message: 'it cannot be read', hint: 'look' }],
  unusedIgnores: ['MAR999'],
  unusedAllows: ['MAR999'],
  totals: { error: 1, warning: 1, note: 0 },
  passed: false,
  tooManyWarnings: 0,
};

const reports = poisoned(SAMPLE);

test('pretty and quiet: no control character, no command, no forged verdict, as many lines as texts have', () => {
  assert.ok(reports.length > 20, `${reports.length} fields`);
  for (const report of reports) {
    for (const text of [prettyReport(report, { color: false }), quietReport(report, { color: false })]) {
      assertNoCommand(text, 'pretty');
      assert.is(text.split('\n').filter((line) => /^ {2}local +pass/.test(line)).length, 0, text);
    }
  }
});

test('github: as many commands as without poison, each on its line', () => {
  const expected = githubReport(SAMPLE).split('\n').length;
  for (const report of reports) {
    const text = githubReport(report);
    assertTame(text, 'github');
    assert.is(text.split('\n').length, expected);
    for (const line of text.trimEnd().split('\n')) {
      assert.match(line, /^::(error|warning|notice) [^:]*::/);
      assert.not.match(line.slice(2), /^[^:]*::.*\s::/, line);
    }
  }
});

test('junit: XML that is well-formed, with the elements that it has without poison', () => {
  const elements = (xml: string) => [...xml.matchAll(/<(\/?[a-z-]+)(?:\s[^<>]*)?>/g)].map(([, name]) => name);
  const expected = elements(junitReport(SAMPLE));
  for (const report of reports) {
    const xml = junitReport(report);
    assertTame(xml, 'junit');
    assert.equal(elements(xml), expected);
    assert.not.match(xml, /&(?!amp;|lt;|gt;|quot;|#10;)/);
  }
});

test('sarif: no link and no placeholder in a message', async () => {
  const words = await rules();
  for (const report of reports) {
    const text = sarifReport(report, words);
    assertTame(text, 'sarif');
    const [run] = JSON.parse(text).runs;
    const messages = [...run.results, ...run.invocations[0].toolExecutionNotifications].map(
      (one: { message: { text: string } }) => one.message.text,
    );
    for (const message of messages) assert.not.match(message, /(?<!\\)\[[^\]]*\]\(|(?<!\{)\{\d/);
  }
});

test('markdown: rendered, it has the tables that it has without poison, and no link, image, code, emphasis or mention', () => {
  const tags = (text: string) =>
    marked
      .parse(text, { mangle: false, headerIds: false } as object)
      .replaceAll('<!-- -->', '')
      .match(/<[a-z][^>]*>/g)
      ?.filter((tag) => tag !== '<br>');
  const expected = tags(markdownReport(SAMPLE));
  assert.ok(expected?.includes('<table>'));
  for (const report of reports) {
    const text = markdownReport(report);
    assertTame(text, 'markdown');
    assert.equal(tags(text), expected);
    const html = marked.parse(text);
    assert.not.match(html, /@evil|#1|https?:\/\/evil|www\.evil/);
  }
});

test('json: the same values, nothing raw', () => {
  for (const report of reports) {
    const text = jsonReport(report);
    assertNoCommand(text, 'json');
    assert.equal(JSON.parse(text), JSON.parse(JSON.stringify(report)));
  }
});

test.run();
