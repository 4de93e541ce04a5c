import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Backoff } from '#serve/workers/backoff.js';

const pauses = (backoff: Backoff, count: number): number[] => Array.from({ length: count }, () => backoff.next());

test('the pauses are those of the table, and the last one for ever', () => {
  const backoff = new Backoff();
  assert.equal(
    pauses(backoff, 17).map((milliseconds) => milliseconds / 1000),
    [1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597],
  );
  assert.equal(pauses(backoff, 2), [1_597_000, 1_597_000]);
});

test('after a load that worked they begin again', () => {
  const backoff = new Backoff();
  pauses(backoff, 5);
  backoff.reset();
  assert.equal(pauses(backoff, 3), [1000, 1000, 2000]);
});

test.run();
