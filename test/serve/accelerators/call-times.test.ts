import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CallTimes } from '#serve/accelerators/call-times.js';

test('mean and maximum of all, percentiles of the latest 512', () => {
  const times = new CallTimes();
  assert.equal(times.summary(), { count: 0, mean: 0, max: 0, p50: 0, p99: 0 });
  times.add(5000);
  times.add(1);
  assert.equal(times.summary(), { count: 2, mean: 2500.5, max: 5000, p50: 1, p99: 5000 });
  for (let index = 1; index <= 512; index += 1) times.add(index);
  const { count, max, p50, p99 } = times.summary();
  assert.equal([count, max, p50, p99], [514, 5000, 256, 507]);
});

test.run();
