import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import type { Prediction } from '#protocol/messages.js';
import { deathOf, failAll, settle } from '#serve/queue/settle-batch.js';
import { answerOf } from '../../support/fake-worker.js';
import { watchedJob } from '../../support/jobs.js';

/** What each job of a batch got, and what was reported: `ids status message`. */
function outcomeOf(
  predictions: readonly Prediction[],
  ids: readonly string[],
  code = 200,
  message = 'Prediction success',
) {
  const jobs = ids.map(watchedJob);
  const reported: string[] = [];
  settle(
    jobs.map(({ job }) => job),
    { code, message, predictions },
    (failed, failure) => {
      assert.ok(
        failed.every(({ settled }) => settled),
        'reported after the answer',
      );
      reported.push(`${failed.map(({ id }) => id).join()} ${failure.status} ${failure.message}`);
    },
  );
  return { fates: jobs.map(({ fate }) => fate()), outcomes: jobs.map(({ outcomes }) => outcomes[0]), reported };
}

const json = (value: unknown) => ({ contentType: 'application/json', body: Buffer.from(JSON.stringify(value)) });

test('each job gets the prediction of its id, out of place too', () => {
  const { fates, reported } = outcomeOf([answerOf('c'), answerOf('a'), answerOf('b')], ['a', 'b', 'c']);
  assert.equal(fates, ['answered a', 'answered b', 'answered c']);
  assert.equal(reported, []);
});

test('of two predictions with one id, the one in its place counts', () => {
  const { fates } = outcomeOf(
    [answerOf('b', { body: Buffer.from('stray') }), answerOf('b', { body: Buffer.from('own') }), answerOf('a')],
    ['a', 'b', 'c'],
  );
  assert.equal(fates, ['answered a', 'answered own', 'failed 503']);
});

test('a job without a prediction fails with 503, and only that one', () => {
  const { fates, reported } = outcomeOf([answerOf('a')], ['a', 'b']);
  assert.equal(fates, ['answered a', 'failed 503']);
  assert.is(reported.length, 1);
  assert.match(reported[0] ?? '', /^b 503 /);
});

test('a code other than 200 fails the whole batch, once reported, with the cause apart from our own sentences', () => {
  const failed = outcomeOf(
    [],
    ['a', 'b'],
    503,
    'Prediction failed\nRangeError: x\n    at service.ts:1\nhint: look there',
  );
  assert.equal(failed.fates, ['failed 503', 'failed 503']);
  assert.equal(failed.reported, ['a,b 503 Prediction failed']);
  assert.equal(failed.outcomes[0]?.failure, {
    status: 503,
    message: 'Prediction failed',
    detail: 'RangeError: x\n    at service.ts:1',
    hint: 'look there',
  });
  const own = outcomeOf([], ['a'], 418, 'I am a teapot\nof two lines');
  assert.equal(own.outcomes[0]?.failure, { status: 418, message: 'I am a teapot\nof two lines' });
});

test('a status that HTTP does not have is a failure of the handler; 200 and 999 are answered as they are', () => {
  for (const [status, fate] of [
    [199, 'failed 500'],
    [200, 'answered a'],
    [404, 'answered a'],
    [999, 'answered a'],
    [1000, 'failed 500'],
  ] as const) {
    const { fates, outcomes } = outcomeOf([answerOf('a', { status })], ['a']);
    assert.equal(fates, [fate], `status ${status}`);
    if (fate.startsWith('failed'))
      assert.match(outcomes[0]?.failure?.message ?? '', `status ${status}; a status is between 200 and 999`);
  }
});

test('a header that would break the answer apart is a failure that names it', () => {
  for (const header of [
    ['X', 'a\r\nb'],
    ['X\n', 'a'],
    ['X', 'a\0'],
    ['X', '\r'],
  ] as const) {
    const { fates, outcomes } = outcomeOf([answerOf('a', { headers: [['Fine', 'yes'], header] })], ['a']);
    assert.equal(fates, ['failed 500']);
    assert.match(outcomes[0]?.failure?.message ?? '', JSON.stringify(header[0]));
  }
  assert.equal(outcomeOf([answerOf('a', { headers: [['X', 'a b']] })], ['a']).fates, ['answered a']);
});

test('a status of 500 and above goes out as the handler made it, and is reported; below it is not reported', () => {
  const made = outcomeOf([answerOf('a', { status: 500 }), answerOf('b', { status: 499 })], ['a', 'b']);
  assert.equal(made.fates, ['answered a', 'answered b']);
  assert.equal(made.reported, ['a 500 the handler set this status']);
  const worded = outcomeOf([answerOf('a', { status: 503, ...json({ message: 'own words' }) })], ['a']);
  assert.equal(worded.fates, ['answered {"message":"own words"}']);
  assert.equal(worded.reported, ['a 503 own words']);
});

test('one request of a batch that failed under one of our own sentences is a failure with its cause', () => {
  const body = json({ message: 'Prediction failed\nTypeError: y\nhint: do that' });
  const { outcomes, reported } = outcomeOf([answerOf('a', { status: 503, ...body }), answerOf('b')], ['a', 'b']);
  assert.equal(outcomes[0]?.failure, {
    status: 503,
    message: 'Prediction failed',
    detail: 'TypeError: y',
    hint: 'do that',
    isAnswer: false,
  });
  assert.is(outcomes[1]?.prediction?.id, 'b');
  assert.equal(reported, ['a 503 Prediction failed']);
});

test("what holds no message is the handler's own: other types, broken JSON, no text, more than 32 KiB", () => {
  const message = 'Prediction failed';
  const long = Buffer.from(JSON.stringify({ message, more: 'x'.repeat(32 * 1024) }));
  for (const over of [
    { contentType: 'text/plain', body: Buffer.from(JSON.stringify({ message })) },
    { contentType: 'application/json', body: Buffer.from('{') },
    json({ message: 3 }),
    json('text'),
    { contentType: 'application/json', body: long },
  ]) {
    const { fates, reported } = outcomeOf([answerOf('a', { status: 500, ...over })], ['a']);
    assert.equal(fates, [`answered ${over.body}`]);
    assert.equal(reported, ['a 500 the handler set this status']);
  }
});

test('an abandoned job of a batch takes nothing from the others', () => {
  const jobs = ['a', 'b'].map(watchedJob);
  jobs[0]?.job.abandon();
  failAll(
    jobs.map(({ job }) => job),
    { status: 500, message: 'x' },
  );
  assert.equal(
    jobs.map(({ fate }) => fate()),
    ['abandoned', 'failed 500'],
  );
});

test('a death has a code, and the words of its cause', () => {
  const error = new MarError('The worker exited.', {
    code: 'ERR_WORKER_DIED',
    detail: 'its last output:',
    hint: 'look',
  });
  assert.equal(deathOf(error), {
    status: 500,
    code: 'ERR_WORKER_DIED',
    message: 'The worker exited.',
    detail: 'its last output:',
    hint: 'look',
  });
  assert.equal(deathOf('odd'), { status: 500, code: 'ERR_WORKER_DIED', message: 'odd' });
});

test.run();
