import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PackResult } from '#index.js';
import { buildNotes, buildReport } from '#report/build.js';
import { diffReport } from '#report/diff.js';
import { extractReport } from '#report/extract.js';
import { foundReport, initReport } from '#report/init.js';
import { inspectReport } from '#report/inspect.js';
import { failureReport, predictReport } from '#report/predict.js';
import { logJson, logLine } from '#report/serve.js';
import { testReport, testVerdict } from '#report/test.js';
import { assertNoCommand, POISON, poisoned } from './poison.js';

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
