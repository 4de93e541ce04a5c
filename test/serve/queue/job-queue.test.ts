import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Job } from '#serve/queue/job.js';
import { JobQueue } from '#serve/queue/job-queue.js';
import { withClock } from '../../support/fake-clock.js';
import { watchedJob } from '../../support/jobs.js';

const CAPACITY = 4;
const ids = (jobs: readonly (Job | undefined)[]): (string | undefined)[] => jobs.map((job) => job?.id);

/** What can happen to a queue; `abandon` is the n-th job that was ever offered. */
const operation = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'offer' } as const) },
  { weight: 3, arbitrary: fc.constant({ kind: 'take' } as const) },
  fc.record({ kind: fc.constant('abandon' as const), which: fc.nat(30) }),
  fc.record({ kind: fc.constant('putBack' as const), count: fc.integer({ min: 1, max: 3 }) }),
  { weight: 1, arbitrary: fc.constant({ kind: 'drain' } as const) },
);

test(
  'a queue is a list by age from which the settled fall out, whatever happens to it',
  withClock(async (clock) => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const queue = new JobQueue();
        let model: Job[] = [];
        const all: Job[] = [];
        const taken: Job[] = [];
        const open = (): Job[] => model.filter((job) => !job.settled);
        for (const step of operations) {
          if (step.kind === 'offer') {
            clock.now += 1;
            const { job } = watchedJob(String(all.length));
            all.push(job);
            const fits = open().length < CAPACITY;
            assert.is(queue.offer(job, CAPACITY), fits);
            if (fits) model.push(job);
          } else if (step.kind === 'take') {
            const [oldest] = open();
            assert.is(queue.take(), oldest);
            model = open().slice(1);
            if (oldest) taken.push(oldest);
          } else if (step.kind === 'abandon') {
            all[step.which % Math.max(1, all.length)]?.abandon();
          } else if (step.kind === 'putBack') {
            const back = taken.splice(-step.count);
            queue.putBack(back);
            model = [...back, ...model].sort((a, b) => a.acceptedAt - b.acceptedAt);
          } else {
            assert.equal(ids(queue.drain()), ids(open()));
            assert.is(queue.length, 0);
            model = [];
          }
          assert.ok(queue.length >= open().length, `length ${queue.length}`);
        }
        assert.equal(ids(queue.drain()), ids(open()));
      }),
      { numRuns: 300 },
    );
  }),
);

test(
  'jobs that are put back stand before younger ones and behind older ones',
  withClock(async (clock) => {
    const queue = new JobQueue();
    const jobs = ['a', 'b', 'c', 'd'].map((id) => {
      clock.now += 1;
      return watchedJob(id).job;
    });
    for (const job of jobs) queue.offer(job, 9);
    const [first, second, third] = [queue.take(), queue.take(), queue.take()];
    assert.equal(ids([first, second, third]), ['a', 'b', 'c']);
    queue.putBack(jobs.slice(0, 1));
    queue.putBack(jobs.slice(1, 3));
    assert.equal(ids(queue.drain()), ['a', 'b', 'c', 'd']);
  }),
);

test('a queue in use for long keeps its order and its length', () => {
  const queue = new JobQueue();
  let next = 0;
  for (let offered = 0; offered < 5000; offered += 1) {
    assert.ok(queue.offer(watchedJob(String(offered)).job, 500));
    if (offered % 400 === 399) {
      for (let taken = 0; taken < 399; taken += 1) {
        assert.is(queue.take()?.id, String(next));
        next += 1;
      }
      assert.is(queue.length, offered + 1 - next);
    }
  }
});

test('places of the abandoned are given to others only when they are needed', () => {
  const queue = new JobQueue();
  const [one, two] = [watchedJob('1'), watchedJob('2')];
  assert.ok(queue.offer(one.job, 2));
  assert.ok(queue.offer(two.job, 2));
  assert.not.ok(queue.offer(watchedJob('3').job, 2));
  one.job.abandon();
  assert.ok(queue.offer(watchedJob('4').job, 2));
  assert.is(queue.length, 2);
  assert.not.ok(queue.offer(watchedJob('5').job, 2));
  assert.not.ok(queue.offer(watchedJob('6').job, 0));
});

test.run();
