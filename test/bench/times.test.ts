import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Times } from '#bench/figures/times.js';

test('times are put together to half a per cent, the shortest first, and their mean stays exact', () => {
  const times = new Times();
  for (const one of [20, 10, 10.01, 0, -3, 10.02]) times.record(one);
  const points = times.points();
  assert.equal(
    points.map(([, count]) => count),
    [2, 3, 1],
  );
  const values = points.map(([milliseconds]) => milliseconds);
  assert.is(values[0], 0);
  assert.ok(Math.abs((values[1] ?? 0) - 10.01) < 1e-9);
  assert.is(values[2], 20);
});

test('what is added to a distribution counts as if it had been recorded there', () => {
  const [one, other, both] = [new Times(), new Times(), new Times()];
  for (let value = 1; value < 200; value += 0.7) {
    (value % 2 < 1 ? one : other).record(value);
    both.record(value);
  }
  one.add(other);
  const total = (times: Times): number => times.points().reduce((sum, [value, count]) => sum + value * count, 0);
  const count = (times: Times): number => times.points().reduce((sum, [, many]) => sum + many, 0);
  assert.is(count(one), count(both));
  assert.ok(Math.abs(total(one) / total(both) - 1) < 1e-4);
});

test.run();
