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

test('who left is given nothing more; its batches go on', async () => {
  const [queue, worker] = [batcher(), new FakeWorker(2)];
  const { leave, idle } = queue.join(worker, quiet);
  const { jobs } = accept(queue, 'ab');
  leave();
  accept(queue, 'c');
  assert.equal(handed(worker), ['a', 'b']);
  let isIdle = false;
  void idle(10_000).then(() => {
    isIdle = true;
  });
  worker.answer();
  await settled();
  assert.is(isIdle, false);
  worker.answer();
  await settled();
  assert.is(isIdle, true);
  assert.equal(
    Object.values(jobs).map(({ fate }) => fate()),
    ['answered a', 'answered b'],
  );
  await idle(10_000);
});

test(
  'waiting for a worker to be idle ends at the limit, and at once when hurried',
  withClock(async (clock) => {
    const [queue, worker] = [batcher(), new FakeWorker()];
    const { idle } = queue.join(worker, quiet);
    accept(queue, 'a');
    let ended = 0;
    void idle(50).then(() => ended++);
    await clock.advance(49);
    assert.is(ended, 0);
    await clock.advance(1);
    assert.is(ended, 1);
    void idle(50).then(() => ended++);
    queue.hurry();
    await settled();
    assert.is(ended, 2);
    void idle(50).then(() => ended++);
    await settled();
    assert.is(ended, 3);
  }),
);

test('a death fails the batch that ran; those behind it go to another worker, before younger jobs', async () => {
  const [queue, first] = [batcher(), new FakeWorker(3)];
  queue.join(first, quiet);
  const [oldest] = [...'abcdef'].map((name) => {
    still.now += 1;
    return accept(queue, name).jobs[name];
  });
  assert.equal(handed(first), ['a', 'b', 'c']);
  first.die();
  await settled();
  assert.is(oldest?.fate(), 'failed 500');
  assert.is(queue.waiting, 5);
  const second = new FakeWorker(9);
  queue.join(second, quiet);
  assert.equal(handed(second), ['b', 'c', 'd', 'e', 'f']);
});

test(
  'batches that were handed in advance are collected again before what came after them',
  withClock(async (clock) => {
    const [queue, first] = [batcher({ batchSize: 2 }), new FakeWorker(3)];
    const { leave } = queue.join(first, quiet);
    accept(queue, 'ab');
    clock.now += 1;
    accept(queue, 'cd');
    clock.now += 1;
    accept(queue, 'e');
    assert.equal(handed(first), ['ab', 'cd']);
    first.die();
    leave();
    await settled();
    const second = new FakeWorker(3);
    queue.join(second, quiet);
    await clock.advance(100);
    assert.equal(handed(second), ['cd', 'e']);
  }),
);

test('a worker that refuses whole batches is free again, and its failures are heard once', async () => {
  const [queue, worker] = [batcher(), new FakeWorker()];
  const heard: string[] = [];
  queue.join(worker, (jobs, { status }) => heard.push(`${jobs.map(({ id }) => id)} ${status}`));
  const { jobs } = accept(queue, 'ab');
  worker.answer(() => ({ code: 507, message: 'Out of resources', predictions: [] }));
  await settled();
  assert.equal(heard, ['a 507']);
  assert.is(jobs['a']?.fate(), 'failed 507');
  assert.equal(handed(worker), ['a', 'b']);
  worker.die();
  await settled();
  assert.equal(heard, ['a 507'], 'a death is told by whoever watches the worker');
  assert.is(jobs['b']?.fate(), 'failed 500');
});

test('the worker is free before the answers leave', async () => {
  const [queue, worker] = [batcher(), new FakeWorker()];
  queue.join(worker, () => order.push('answered'));
  const order: string[] = [];
  accept(queue, 'ab');
  const before = worker.handed.length;
  worker.answer(() => ({ code: 500, message: 'x', predictions: [] }));
  worker.predict = (jobs) => {
    order.push(`handed ${jobs[0]?.id}`);
    return new Promise(() => {});
  };
  await settled();
  assert.is(before, 1);
  assert.equal(order, ['handed b', 'answered']);
});

test('when no worker is left or coming, every waiting job hears why', async () => {
  let failure: { status: number; message: string } | undefined;
  const queue = batcher({ hopeless: () => failure, batchSize: 2, maxBatchDelayMs: 60_000 });
  const worker = new FakeWorker();
  const { leave } = queue.join(worker, quiet);
  const { jobs } = accept(queue, 'abcd');
  queue.rejectHopeless();
  assert.is(queue.waiting, 2, 'there is hope');
  failure = { status: 503, message: 'gone' };
  let empty = false;
  void queue.empty(60_000).then(() => {
    empty = true;
  });
  leave();
  worker.die();
  await settled();
  queue.rejectHopeless();
  await settled();
  assert.equal(
    Object.values(jobs).map(({ fate }) => fate()),
    ['failed 500', 'failed 500', 'failed 503', 'failed 503'],
  );
  assert.is(queue.waiting, 0);
  assert.is(empty, true);
});

test('emptying ends when what waited for a dead worker is refused, or is abandoned', async () => {
  let failure: { status: number; message: string } | undefined;
  const queue = batcher({ hopeless: () => failure });
  const dead = new FakeWorker();
  queue.join(dead, quiet);
  dead.alive = false;
  let emptied = 0;
  const wait = (): void =>
    void queue.empty(60_000).then(() => {
      emptied += 1;
    });
  accept(queue, 'a');
  wait();
  await settled();
  assert.is(emptied, 0);
  failure = { status: 503, message: 'gone' };
  queue.rejectHopeless();
  await settled();
  assert.is(emptied, 1);
  const { jobs } = accept(queue, 'b');
  wait();
  jobs['b']?.job.abandon();
  const next = new FakeWorker();
  queue.join(next, quiet);
  await settled();
  assert.equal([emptied, next.handed], [2, []]);
});

test('a batch that was put back when no worker will come is refused at once', async () => {
  const queue = batcher({ hopeless: () => ({ status: 503, message: 'gone' }) });
  const worker = new FakeWorker(2);
  queue.join(worker, quiet);
  const { jobs } = accept(queue, 'ab');
  worker.die();
  await settled();
  assert.is(jobs['b']?.fate(), 'failed 503');
});

test.run();
