import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Consumers } from '#serve/queue/consumers.js';
import { withClock } from '../../support/fake-clock.js';
import { FakeWorker } from '../../support/fake-worker.js';

const quiet = (): void => {};

test('the worker with the fewest batches is next, one that is dead or full never', () => {
  const consumers = new Consumers();
  const [one, two] = [consumers.add(new FakeWorker(2), quiet), consumers.add(new FakeWorker(2), quiet)];
  assert.is(consumers.size, 2);
  assert.is(consumers.free(), one);
  consumers.begin(one, 1);
  assert.is(consumers.free(), two);
  consumers.begin(two, 1);
  assert.is(consumers.free(), undefined, 'how long a batch takes is not known yet');
  consumers.end(one);
  assert.is(consumers.free(), one);
  consumers.delete(one);
  assert.equal([consumers.size, consumers.free()], [1, two], 'alone it may take as many as it can');
  consumers.begin(two, 1);
  assert.is(consumers.free(), undefined);
  consumers.end(two);
  assert.is(consumers.free(), two);
});

test('a dead worker is passed over', () => {
  const consumers = new Consumers();
  const worker = new FakeWorker();
  consumers.add(worker, quiet);
  worker.alive = false;
  assert.is(consumers.free(), undefined);
});

test('what is handed in advance counts as waiting: every batch but the running one', () => {
  const consumers = new Consumers();
  const [one, two] = [consumers.add(new FakeWorker(3), quiet), consumers.add(new FakeWorker(3), quiet)];
  for (const jobs of [4, 2, 1]) consumers.begin(one, jobs);
  consumers.begin(two, 8);
  assert.is(consumers.prefetched, 3);
  consumers.end(one);
  assert.is(consumers.prefetched, 1);
});

test(
  'beside others a busy worker is handed what it begins within 20 ms, by what batches took lately, and nothing once it runs longer',
  withClock(async (clock) => {
    const consumers = new Consumers();
    const [one, two] = [consumers.add(new FakeWorker(9), quiet), consumers.add(new FakeWorker(1), quiet)];
    consumers.begin(two, 1);
    /** How many batches the first worker takes beside the other one, which is busy. */
    const room = (): number => {
      let taken = 0;
      for (; consumers.free() === one; taken += 1) consumers.begin(one, 1);
      return taken;
    };
    const finish = async (milliseconds: number): Promise<void> => {
      await clock.advance(milliseconds);
      consumers.end(one);
    };
    assert.is(room(), 1);
    await finish(8);
    assert.is(room(), 3, 'one that runs, and two of 8 ms behind it');
    await clock.advance(20);
    consumers.end(one);
    assert.is(one.batches.length, 2);
    assert.is(room(), 1, 'the average is 9.5 ms now');
    await clock.advance(21);
    one.batches.length = 1;
    assert.is(room(), 0, 'it runs for more than 20 ms');
  }),
);

test(
  'what a batch takes counts from the end of the one before it',
  withClock(async (clock) => {
    const consumers = new Consumers();
    const [one, two] = [consumers.add(new FakeWorker(3), quiet), consumers.add(new FakeWorker(1), quiet)];
    consumers.delete(two);
    for (const jobs of [1, 1, 1]) consumers.begin(one, jobs);
    for (const end of [1, 2, 3]) {
      await clock.advance(8);
      consumers.end(one);
      assert.is(one.since, clock.now, `end of batch ${end}`);
    }
    const other = consumers.add(new FakeWorker(1), quiet);
    consumers.begin(other, 1);
    consumers.begin(one, 1);
    consumers.begin(one, 1);
    assert.is(consumers.free(), one, 'batches of 8 ms, not of 8, 16 and 24: two fit behind one that runs');
  }),
);

test(
  'who watches hears of each batch, and who waits for an idle worker once',
  withClock(async (clock) => {
    const heard: string[] = [];
    const consumers = new Consumers({
      began: (now) => heard.push(`began ${now}`),
      ended: (now) => heard.push(`ended ${now}`),
    });
    const worker = consumers.add(new FakeWorker(2), quiet);
    worker.onIdle = () => heard.push('idle');
    clock.now = 1;
    consumers.begin(worker, 1);
    consumers.begin(worker, 1);
    clock.now = 5;
    consumers.end(worker);
    consumers.end(worker);
    assert.equal(heard, ['began 1', 'began 1', 'ended 5', 'ended 5', 'idle']);
  }),
);

test.run();
