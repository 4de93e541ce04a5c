import { availableParallelism } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { processors } from '#serve/config/processors.js';
import { inFolder } from '../../support/model-folder.js';

const ALL = availableParallelism();

for (const [what, files, expected] of [
  ['no control groups', {}, ALL],
  ['version 2, no quota', { 'cpu.max': 'max 100000\n' }, ALL],
  ['version 2, one processor', { 'cpu.max': '100000 100000\n' }, 1],
  ['version 2, half a processor', { 'cpu.max': '50000 100000\n' }, 1],
  ['version 2, one and a half', { 'cpu.max': '150000 100000\n' }, Math.min(2, ALL)],
  ['version 2, more than there are', { 'cpu.max': '99900000 100000\n' }, ALL],
  ['version 1, no quota', { 'cpu/cpu.cfs_quota_us': '-1\n', 'cpu/cpu.cfs_period_us': '100000\n' }, ALL],
  ['version 1, one processor', { 'cpu/cpu.cfs_quota_us': '100000\n', 'cpu/cpu.cfs_period_us': '100000\n' }, 1],
] as const) {
  test(
    what,
    inFolder(files, async ({ path }) => {
      assert.is(processors(path), expected);
    }),
  );
}

test.run();
