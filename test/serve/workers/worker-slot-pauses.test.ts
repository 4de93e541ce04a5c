import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { settled, withClock } from '../../support/fake-clock.js';
import { fate, KILLED, watchedSlot } from './watched-slot.js';

test(
  'a failed load is told, and tried again with growing pauses that a worker resets which has answered',
  withClock(async (clock) => {
    const { slot, starts, last, failures, events } = watchedSlot();
    await last().fail();
    assert.is(await fate(slot.firstLoad), 'rejected no load');
    assert.equal([slot.state, failures, events()], ['failed', ['no load'], ['worker-failed']]);
    for (const pause of [1000, 1000, 2000, 3000]) {
      assert.equal(clock.pending, [pause]);
      await clock.advance(pause);
      assert.is(slot.state, 'failed');
      await last().fail();
    }
    assert.equal(clock.pending, [5000]);
    await clock.advance(5000);
    const worker = await last().load();
    assert.is(slot.state, 'ready');
    worker.handed.push(['a job']);
    worker.die();
    await settled();
    assert.equal(clock.pending, [1000], 'the count of failures begins again');
    assert.is(starts.length, 6);
    await slot.stop(0);
  }),
);

test(
  'workers that load and die soon, good for nothing, are started with growing pauses; one that has lived a minute begins anew',
  withClock(async (clock) => {
    const { slot, last } = watchedSlot();
    for (const pause of [1000, 1000, 2000, 3000, 5000]) {
      const worker = await last().load();
      await clock.advance(59_999);
      worker.die();
      await settled();
      assert.equal([slot.state, clock.pending], ['restarting', [pause]]);
      await clock.advance(pause);
    }
    const worker = await last().load();
    await clock.advance(60_000);
    worker.die();
    await settled();
    assert.equal(clock.pending, [1000]);
    await slot.stop(0);
  }),
);

test(
  'what is thrown that is no error of ours becomes one',
  withClock(async () => {
    const { slot, last, failures } = watchedSlot();
    await last().fail(new TypeError('odd'));
    assert.equal(failures, ['odd']);
    assert.is(await fate(slot.firstLoad), 'rejected odd');
    await slot.stop(0);
  }),
);

test(
  'a first load that somebody killed is not a failure of the model: whoever waits goes on waiting',
  withClock(async (clock) => {
    const { slot, last, failures, events } = watchedSlot();
    await last().fail(KILLED);
    assert.equal([slot.state, failures, events()], ['restarting', [], ['worker-failed']]);
    assert.is(await fate(slot.firstLoad), 'pending');
    await clock.advance(1000);
    await last().fail(KILLED);
    assert.equal([slot.state, failures.length], ['failed', 1], 'the second time it is');
    assert.match(await fate(slot.firstLoad), /^rejected/);
    await slot.stop(0);
  }),
);

test.run();
