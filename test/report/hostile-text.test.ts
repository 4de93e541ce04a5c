import { marked } from 'marked';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Finding, ValidationReport } from '#check/finding.js';
import { type PackResult, rules } from '#index.js';
import { buildNotes, buildReport } from '#report/build.js';
import { diffReport } from '#report/diff.js';
import { extractReport } from '#report/extract.js';
import { foundReport, initReport } from '#report/init.js';
import { inspectReport } from '#report/inspect.js';
import { jsonReport } from '#report/json.js';
import { failureReport, predictReport } from '#report/predict.js';
import { logJson, logLine } from '#report/serve.js';
import { testReport, testVerdict } from '#report/test.js';
import { githubReport } from '#report/validate/github.js';
import { junitReport } from '#report/validate/junit.js';
import { markdownReport } from '#report/validate/markdown.js';
import { prettyReport } from '#report/validate/pretty.js';
import { sarifReport } from '#report/validate/sarif.js';
import { quietReport } from '#report/validate/verdicts.js';

/** Everything that a name, a message or an exception of an archive could try at once. */
const POISON =
  'x\u001b[2J\u001b[1;32mPASSED\u009b0m\n::stop-commands::t\n  local       pass  no findings\r::error::e ::add-mask::m ' +
  '##[error]e ##vso[task.complete] \u202egnp.\u2066 `c` **b** _i_ [l](http://evil.example) ![i](http://evil.example/i) ' +
  '<img src=x onerror=alert(1)> &lt; | @evil evil/repo#1 www.evil.example https://evil.example {0} ]]> \u{e0041}\ud800 "q" \'q\' \\';

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

/** Fields that hold words of ours, which no archive can change. */
const OURS = [
  'severity',
  'target',
  'targets',
  'version',
  'code',
  'level',
  'event',
  'format',
  'change',
  'weights',
  'compression',
  'recorded',
  'rule',
  'name',
];

/** The value with every text of foreign origin poisoned, in turn and then all at once. */
function poisoned<T>(value: T): T[] {
  const places = foreign(value, []);
  return [...places.map((place) => [place]), places].map((some) => some.reduce(withPoison, structuredClone(value)));
}

function foreign(value: unknown, path: readonly string[]): string[][] {
  if (typeof value === 'string') return OURS.includes(path.at(-1) ?? '') ? [] : [[...path]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => (OURS.includes(key) ? [] : foreign(item, [...path, key])));
}

function withPoison<T>(value: T, path: readonly string[]): T {
  let holder = value as Record<string, unknown>;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
  holder[path.at(-1) ?? ''] = POISON;
  return value;
}

/** What must hold wherever a text is shown. */
function assertTame(text: string, what: string): void {
  const bad = /[^\P{Cc}\n\t]|\p{Bidi_Control}|\p{Cs}|[\u{e0000}-\u{e007f}]|##(vso)?\[/iu.exec(text);
  assert.is(
    bad,
    null,
    `${what}: ${JSON.stringify(text.slice(Math.max(0, (bad?.index ?? 0) - 60), (bad?.index ?? 0) + 20))}`,
  );
}

/** … and where a CI system reads lines. */
function assertNoCommand(text: string, what: string): void {
  assertTame(text, what);
  const command = text.split('\n').find((line) => line.trimStart().startsWith('::'));
  assert.is(command, undefined, `${what}: ${command}`);
}

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

test('the reports of the other commands', () => {
  const packed = {
    target: 't.mar',
    dryRun: false,
    bytes: 1,
    modelPath: 'm',
    manifest: { runtime: 'nodejs', model: { modelName: 'm', handler: 'service.mjs:handle' } },
    entries: [{ path: 'p', size: 2, compressedSize: 1, sha256: 'ab' }],
    leftOut: [{ path: 'l', reason: 'r' }],
    typeProblems: [{ file: 'f', line: 1, column: 1, code: 'TS1', message: 'm', frame: 'x\ny' }],
    warnings: [{ code: 'ERR_USAGE', message: 'w' }],
  } as unknown as PackResult;
  const change = { name: 'n', from: 'a', to: 'b' };
  const shown: [string, unknown, (value: never) => string][] = [
    ['build', packed, buildReport],
    ['build notes', packed, buildNotes],
    ['extract', { directory: 'd', entries: [{ path: 'p' }], bytes: 1 }, extractReport],
    [
      'test',
      {
        source: 's',
        modelName: 'm',
        passed: false,
        cases: [{ path: 'p', description: 'd', passed: false, differences: ['x'], durationMs: 1 }],
      },
      testReport,
    ],
    ['test --quiet', { source: 's', modelName: 'm', passed: false, cases: [] }, testVerdict],
    [
      'init found',
      {
        model: { file: 'f', format: 'ONNX', inputs: ['i'], outputs: ['o'] },
        otherModels: ['g'],
        service: 's',
        labels: { file: 'l', count: 1 },
      },
      foundReport,
    ],
    [
      'init',
      {
        directory: '/d/m',
        modelName: 'm',
        template: 't',
        service: 's',
        written: ['w'],
        kept: ['k'],
        backups: ['b'],
        notes: ['n'],
      },
      (value) => initReport(value, '/d'),
    ],
    [
      'diff',
      {
        from: 'a',
        to: 'b',
        different: true,
        fields: [{ field: 'f', from: 'x', to: 'y' }],
        files: [{ path: 'p', change: 'moved', movedFrom: 'q', sizeFrom: 1, sizeTo: 2 }],
        models: [
          {
            entry: 'e',
            entryFrom: 'f',
            inputs: [change],
            outputs: [change],
            opsets: [change],
            operators: [change],
            weights: 'values',
            parameters: { from: 1, to: 2 },
          },
        ],
        handler: [{ path: 'h', patch: '-a\n+b' }],
        callers: { break: true, reasons: ['r'] },
      },
      diffReport,
    ],
    [
      'inspect',
      {
        archive: 'a',
        root: '',
        format: 'zip',
        bytes: 1,
        entries: [{ path: 'p', size: 1, compressedSize: 1, compression: 'store', sha256: 'ab', recorded: 'none' }],
        manifest: { model: { modelName: 'm' } },
        manifestProblem: 'p',
        manifestPath: 'q',
        provided: { sharp: '1' },
        models: [
          {
            entry: 'e',
            opsets: { d: 1 },
            irVersion: 8,
            producer: 'p',
            inputs: { i: 't' },
            outputs: { o: 't' },
            batching: { joins: false, why: 'w' },
            operators: { d: 1 },
            parameters: 1,
            weightBytes: 1,
            metadata: { k: 'v' },
          },
          { entry: 'e', problem: 'p' },
        ],
        verifications: [
          { where: 'inside', name: 'n', fits: false, problem: 'p' },
          {
            where: 'beside',
            name: 'n',
            fits: true,
            verification: {
              verifiedAt: 'v',
              tool: { name: 't', version: 'v' },
              versions: { node: 'v' },
              platform: 'p',
              targets: [{ target: 't', errors: 0, warnings: 1, notes: 0 }],
              ignored: 0,
              run: { cases: 1, passed: 1, seconds: 1 },
            },
          },
        ],
        problems: [{ code: 'ERR_ENTRY_PATH', severity: 'warning', message: 'm' }],
        sound: true,
      },
      inspectReport,
    ],
    [
      'log',
      { level: 'info', event: 'worker-stdout', message: 'm', model: 'n', requests: ['r'], detail: 'd', hint: 'h' },
      (value) => logLine(value, new Date(0)),
    ],
    [
      'log as JSON',
      { level: 'info', event: 'worker-stdout', message: 'm', model: 'n' },
      (value) => logJson(value, new Date(0)),
    ],
  ];
  for (const [what, value, report] of shown)
    for (const one of poisoned(value)) assertNoCommand(report(one as never), what);
  assertNoCommand(failureReport(POISON, 503, POISON), 'predict');
});

test('an answer is shown as it is in a pipe, and made printable on a terminal', () => {
  const answer = { body: Buffer.from(POISON) } as Parameters<typeof predictReport>[0];
  assert.is(predictReport(answer, false).toString(), `${Buffer.from(POISON).toString()}\n`);
  assertNoCommand(predictReport(answer, true).toString(), 'predict on a terminal');
});

test.run();
