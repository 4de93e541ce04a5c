import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BACKOFF_SECONDS, Backoff } from '#serve/workers/backoff.js';

const pauses = (backoff: Backoff, count: number): number[] => Array.from({ length: count }, () => backoff.next());

test('the pauses are those of the table, and the last one for ever', () => {
  const backoff = new Backoff();
  assert.equal(pauses(backoff, 8), [1000, 1000, 2000, 3000, 5000, 8000, 13_000, 21_000]);
  assert.equal(pauses(backoff, 12).slice(-4), [1_597_000, 1_597_000, 1_597_000, 1_597_000]);
  assert.is(BACKOFF_SECONDS.length, 17);
});

test('after a load that worked they begin again', () => {
  const backoff = new Backoff();
  pauses(backoff, 5);
  backoff.reset();
  assert.equal(pauses(backoff, 3), [1000, 1000, 2000]);
});

test.run();
