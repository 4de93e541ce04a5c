import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Job } from '#serve/queue/job.js';
import { withClock } from '../../support/fake-clock.js';
import { answerOf } from '../../support/fake-worker.js';
import { watchedJob } from '../../support/jobs.js';

test('a job is settled once: what comes later is dropped', () => {
  const { job, outcomes } = watchedJob('a');
  assert.is(job.settled, false);
  job.answer(answerOf('a'));
  assert.is(job.settled, true);
  job.fail({ status: 500, message: 'late' });
  job.answer(answerOf('b'));
  assert.equal(outcomes, [{ prediction: answerOf('a') }]);
});

test('a failed job has its failure; an abandoned one hears nothing any more', () => {
  const [failed, abandoned] = [watchedJob('a'), watchedJob('b')];
  failed.job.fail({ status: 503, message: 'no worker' });
  assert.equal(failed.outcomes, [{ failure: { status: 503, message: 'no worker' } }]);
  abandoned.job.abandon();
  assert.is(abandoned.job.settled, true);
  abandoned.job.answer(answerOf('b'));
  assert.equal(abandoned.outcomes, []);
});

test(
  'a job is its request, and knows when it was accepted',
  withClock(async (clock) => {
    const request = {
      id: 'x',
      headers: [['A', 'b']] as const,
      parameters: [{ name: 'body', contentType: 'text/plain', value: Buffer.from('v') }],
    };
    clock.now = 77;
    const { id, headers, parameters, acceptedAt } = new Job(request, () => {});
    assert.equal({ id, headers, parameters }, request);
    assert.is(acceptedAt, 77);
  }),
);

test.run();
