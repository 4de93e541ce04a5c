import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FakeClock, settled, withClock } from '../../support/fake-clock.js';
import { FakeWorker } from '../../support/fake-worker.js';
import { accept, batcher, handed, quiet } from './watched-batcher.js';

/** Real time never passes: a slow machine must not turn short batches into long ones. */
const still = new FakeClock();
test.before.each(() => {
  still.install();
});
test.after.each(() => still.restore());

test('a job goes to a free worker at once, with the time it may take; the answer is its own', async () => {
  const [queue, worker] = [batcher(), new FakeWorker()];
  queue.join(worker, quiet);
  const { jobs } = accept(queue, 'a');
  assert.equal(handed(worker), ['a']);
  assert.equal(worker.timeouts, [7000]);
  assert.is(queue.waiting, 0);
  worker.answer();
  await settled();
  assert.is(jobs['a']?.fate(), 'answered a');
});

test('what a batch was held on its way to the worker is no part of its run', async () => {
  const [queue, worker] = [batcher(), new FakeWorker()];
  queue.join(worker, quiet);
  const { jobs } = accept(queue, 'a');
  await still.advance(50);
  worker.answer((response) => ({ ...response, waitedMs: 30 }));
  await settled();
  const run = jobs['a']?.job.run;
  assert.equal([run?.began, run?.ended, run?.batch], [still.now - 20, still.now, 1]);
});

test('the run of a batch that a worker prepared meanwhile begins when the one before it is over', async () => {
  const [queue, worker] = [batcher(), new FakeWorker(2)];
  queue.join(worker, quiet);
  const { jobs } = accept(queue, 'ab');
  await still.advance(10);
  worker.answer();
  await still.advance(5);
  worker.answer();
  await settled();
  const took = ['a', 'b'].map((name) => (jobs[name]?.job.run?.ended ?? 0) - (jobs[name]?.job.run?.began ?? 0));
  assert.equal(took, [10, 5]);
});

test('jobs wait for a worker in order, as many as the queue holds', async () => {
  const queue = batcher({ queueCapacity: 2 });
  assert.is(accept(queue, 'abc').taken, 'ab');
  assert.is(queue.waiting, 2);
  const worker = new FakeWorker();
  queue.join(worker, quiet);
  assert.is(queue.workers, 1);
  assert.equal(handed(worker), ['a']);
  worker.answer();
  await settled();
  assert.equal(handed(worker), ['a', 'b']);
});

test('what a busy worker prepares counts as waiting: it is handed no more than the queue holds', async () => {
  const queue = batcher({ queueCapacity: 2 });
  const worker = new FakeWorker(5);
  queue.join(worker, quiet);
  const { taken } = accept(queue, 'abcde');
  assert.is(taken, 'abc');
  assert.equal(handed(worker), ['a', 'b', 'c']);
  worker.answer();
  await settled();
  assert.is(accept(queue, 'fg').taken, 'f');
  assert.equal(handed(worker), ['a', 'b', 'c', 'f']);
});

test('with room for none, a free worker is given jobs and a busy one none', () => {
  const queue = batcher({ queueCapacity: 0 });
  const worker = new FakeWorker(3);
  queue.join(worker, quiet);
  assert.is(accept(queue, 'ab').taken, 'a');
});

test(
  'a job that was settled while it waited is not computed',
  withClock(async (clock) => {
    for (const batchSize of [1, 3]) {
      const queue = batcher({ batchSize });
      const { jobs } = accept(queue, 'abc');
      jobs['a']?.job.abandon();
      jobs['b']?.job.fail({ status: 503, message: 'x' });
      const worker = new FakeWorker();
      queue.join(worker, quiet);
      await clock.advance(100);
      assert.equal(handed(worker), ['c'], `batch size ${batchSize}`);
    }
  }),
);

test(
  'a job that was settled while its batch was collected is not computed',
  withClock(async (clock) => {
    const [queue, worker] = [batcher({ batchSize: 3 }), new FakeWorker()];
    queue.join(worker, quiet);
    const { jobs } = accept(queue, 'ab');
    jobs['a']?.job.abandon();
    await clock.advance(100);
    assert.equal(handed(worker), ['b']);
    const alone = accept(queue, 'c').jobs['c'];
    worker.answer();
    await settled();
    alone?.job.abandon();
    await clock.advance(500);
    assert.equal(handed(worker), ['b'], 'nobody waits: no batch');
  }),
);

test(
  'a batch goes when it is full, or when its oldest job has waited long enough',
  withClock(async (clock) => {
    const [queue, worker] = [batcher({ batchSize: 3 }), new FakeWorker()];
    queue.join(worker, quiet);
    accept(queue, 'abc');
    assert.equal(handed(worker), ['abc']);
    accept(queue, 'd');
    worker.answer();
    await clock.advance(60);
    accept(queue, 'e');
    await clock.advance(39);
    assert.equal(handed(worker), ['abc']);
    assert.is(queue.waiting, 2);
    await clock.advance(1);
    assert.equal(handed(worker), ['abc', 'de']);
    assert.equal(clock.pending, []);
  }),
);

test(
  'the delay of a batch counts from its oldest job, also after an earlier batch went full',
  withClock(async (clock) => {
    const [queue, worker] = [batcher({ batchSize: 2 }), new FakeWorker(4)];
    queue.join(worker, quiet);
    accept(queue, 'a');
    await clock.advance(90);
    accept(queue, 'b');
    accept(queue, 'c');
    await clock.advance(99);
    assert.equal(handed(worker), ['ab']);
    await clock.advance(1);
    assert.equal(handed(worker), ['ab', 'c']);
  }),
);

test('jobs that waited for a worker longer than the delay go at once, in batches', () => {
  const queue = batcher({ batchSize: 2, maxBatchDelayMs: 0 });
  accept(queue, 'abc');
  const worker = new FakeWorker(2);
  queue.join(worker, quiet);
  assert.equal(handed(worker), ['ab', 'c']);
});

test(
  'while it empties, no batch waits for company, and later jobs neither',
  withClock(async (clock) => {
    const [queue, worker] = [batcher({ batchSize: 3, maxBatchDelayMs: 60_000 }), new FakeWorker(2)];
    queue.join(worker, quiet);
    accept(queue, 'a');
    const emptied: string[] = [];
    void queue.empty(5000).then(() => emptied.push('empty'));
    assert.equal(handed(worker), ['a']);
    accept(queue, 'b');
    assert.equal(handed(worker), ['a', 'b']);
    worker.answer();
    await settled();
    assert.equal(emptied, []);
    worker.answer();
    await settled();
    assert.equal(emptied, ['empty']);
    assert.equal(clock.pending, []);
  }),
);

test(
  'after a new worker has joined, batches wait for company again',
  withClock(async (clock) => {
    const [queue, first, second] = [batcher({ batchSize: 2 }), new FakeWorker(), new FakeWorker()];
    queue.join(first, quiet).leave();
    await queue.empty(10);
    queue.join(second, quiet);
    accept(queue, 'a');
    assert.equal(handed(second), []);
    await clock.advance(100);
    assert.equal(handed(second), ['a']);
  }),
);

test(
  'emptying ends at its limit, at once when it is hurried, and at once when it is empty or nobody is left',
  withClock(async (clock) => {
    const [queue, worker] = [batcher(), new FakeWorker()];
    await queue.empty(1000);
    const { leave } = queue.join(worker, quiet);
    accept(queue, 'a');
    const ends: string[] = [];
    void queue.empty(1000).then(() => ends.push(`limit ${clock.now}`));
    const begun = clock.now;
    await clock.advance(999);
    assert.equal(ends, []);
    await clock.advance(1);
    assert.equal(ends, [`limit ${begun + 1000}`]);
    void queue.empty(1000).then(() => ends.push('hurried'));
    await settled();
    queue.hurry();
    await settled();
    assert.is(ends.at(-1), 'hurried');
    await queue.empty(1000);
    assert.equal(clock.pending, []);
    const left = batcher();
    const other = new FakeWorker();
    const membership = left.join(other, quiet);
    accept(left, 'ab');
    void left.empty(1000).then(() => ends.push('nobody is left'));
    membership.leave();
    await settled();
    assert.is(ends.at(-1), 'hurried', 'a batch is under way');
    other.answer();
    await settled();
    assert.is(ends.at(-1), 'nobody is left');
    leave();
  }),
);

test(
  'a batch size below 1 works as 1',
  withClock(async () => {
    const [queue, worker] = [batcher({ batchSize: 0 }), new FakeWorker()];
    const { taken } = accept(queue, 'ab');
    assert.is(taken, 'ab');
    queue.join(worker, quiet);
    assert.equal(handed(worker), ['a']);
  }),
);

test.run();
