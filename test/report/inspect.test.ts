import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { InspectResult } from '#index.js';
import { inspectReport } from '#report/inspect.js';

test('of many problems of one kind ten are shown, and every other kind', () => {
  const problem = (code: 'ERR_ENTRY_PATH' | 'ERR_ENTRY_NAME_WINDOWS', index: number) =>
    ({ code, severity: 'warning', message: `entry ${index}` }) as const;
  const problems = [
    ...Array.from({ length: 290 }, (_, index) => problem('ERR_ENTRY_NAME_WINDOWS', index)),
    problem('ERR_ENTRY_PATH', 0),
  ];
  const result: InspectResult = {
    archive: 'a.mar',
    root: '',
    format: 'zip',
    bytes: 1,
    entries: [],
    manifest: undefined,
    provided: {},
    models: [],
    verifications: [],
    problems,
    sound: true,
  };
  const lines = inspectReport(result).split('\n');
  assert.equal(lines.slice(-4), [
    '  warning: entry 9 [ERR_ENTRY_NAME_WINDOWS]',
    '  … and 280 more [ERR_ENTRY_NAME_WINDOWS] (--json lists all)',
    '  warning: entry 0 [ERR_ENTRY_PATH]',
    '',
  ]);
});

test.run();
