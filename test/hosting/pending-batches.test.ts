import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import { PendingBatches } from '#hosting/pending-batches.js';
import { settled, withClock } from '../support/fake-clock.js';
import { answerOf } from '../support/fake-worker.js';

const jobs = (names: string) => [...names].map((id) => ({ id, headers: [], parameters: [] }));
const response = (names: string, code = 200) => ({
  code,
  message: '',
  predictions: [...names].map((id) => answerOf(id)),
});
const DIED = new MarError('died', { code: 'ERR_WORKER_DIED' });
const UNSTARTED = new MarError('unstarted', { code: 'ERR_WORKER_UNSTARTED' });

/** What is owed, with a log of what became of it. */
function pending() {
  const log: string[] = [];
  const batches = new PendingBatches((ms) => log.push(`timeout ${ms}`));
  const add = (names: string, timeoutMs?: number) =>
    batches.add(jobs(names), timeoutMs).then(
      ({ predictions }) => log.push(`answered ${predictions.map(({ id }) => id).join('')}`),
      (error: MarError) => log.push(`${names} ${error.code}`),
    );
  return { batches, add, log };
}

test('answers belong to batches in order', async () => {
  const { batches, add, log } = pending();
  assert.is(batches.size, 0);
  assert.equal(batches.running, []);
  add('ab');
  add('c');
  assert.is(batches.size, 2);
  assert.equal(batches.running, ['a', 'b']);
  assert.ok(batches.answer(response('ba')));
  assert.equal(batches.running, ['c']);
  assert.ok(batches.answer(response('c')));
  await settled();
  assert.equal(log, ['answered ba', 'answered c']);
  assert.is(batches.size, 0);
});

test('an answer to nothing, or of another length, is not taken; a failed batch has no predictions', async () => {
  const { batches, add, log } = pending();
  assert.not.ok(batches.answer(response('a')));
  add('ab');
  assert.not.ok(batches.answer(response('a')));
  assert.not.ok(batches.answer(response('abc')));
  assert.is(batches.size, 1);
  assert.ok(batches.answer(response('', 503)));
  await settled();
  assert.equal(log, ['answered ']);
});

test('a load is answered without predictions', async () => {
  const { batches } = pending();
  const loaded = batches.add(undefined, undefined);
  assert.equal(batches.running, []);
  assert.ok(batches.answer({ code: 200, message: 'loaded', predictions: [] }));
  assert.is((await loaded).message, 'loaded');
});

test('the first in line is lost with the worker, those behind it were not begun', async () => {
  const { batches, add, log } = pending();
  for (const name of 'abc') add(name);
  batches.fail(DIED, UNSTARTED);
  await settled();
  assert.equal(log, ['a ERR_WORKER_DIED', 'b ERR_WORKER_UNSTARTED', 'c ERR_WORKER_UNSTARTED']);
  assert.is(batches.size, 0);
  batches.fail(DIED, UNSTARTED);
});

test(
  'the clock of a batch runs while it is first in line',
  withClock(async (clock) => {
    const { batches, add, log } = pending();
    add('a', 100);
    add('b', 100);
    await clock.advance(99);
    assert.ok(batches.answer(response('a')));
    await clock.advance(99);
    assert.equal(log, ['answered a']);
    await clock.advance(1);
    assert.equal(log, ['answered a', 'timeout 100']);
    assert.equal(clock.pending, []);
  }),
);

test(
  'batches of different limits have each their own; without a limit no clock runs',
  withClock(async (clock) => {
    const { batches, add, log } = pending();
    add('a', 100);
    add('b', 30);
    add('c');
    add('d', 50);
    batches.answer(response('a'));
    assert.equal(clock.pending, [30]);
    batches.answer(response('b'));
    assert.equal(clock.pending, []);
    batches.answer(response('c'));
    assert.equal(clock.pending, [50]);
    await clock.advance(49);
    batches.answer(response('d'));
    assert.equal(clock.pending, []);
    await clock.advance(1000);
    assert.equal(log, ['answered a', 'answered b', 'answered c', 'answered d']);
  }),
);

test(
  'when all is lost no clock runs',
  withClock(async (clock) => {
    const { batches, add } = pending();
    add('a', 100);
    batches.fail(DIED, UNSTARTED);
    assert.equal(clock.pending, []);
    add('b', 100);
    assert.equal(clock.pending, [100]);
  }),
);

test.run();
