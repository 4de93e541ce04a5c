import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withClock } from '../../support/fake-clock.js';
import { fate, watchedSlot } from './watched-slot.js';

test(
  'stopping lets batches under way finish, ends the worker, and starts no other',
  withClock(async (clock) => {
    const { slot, last, left, idle, starts, events } = watchedSlot();
    const worker = await last().load();
    let finish = (): void => {};
    idle.wait = new Promise((resolve) => (finish = resolve));
    const stopped = slot.stop(700);
    assert.is(slot.state, 'stopped');
    assert.ok(left.includes(worker));
    assert.equal([await fate(stopped), worker.stops, idle.limits], ['pending', [], [700]]);
    finish();
    assert.is(await fate(stopped), 'resolved');
    assert.equal(worker.stops, [1000]);
    await clock.advance(1e6);
    assert.equal([starts.length, slot.state, events(), clock.pending], [1, 'stopped', ['worker-ready'], []]);
  }),
);

test(
  'stopping during the first load ends it: it counts as loaded, and nothing is reported',
  withClock(async (clock) => {
    const { slot, starts, last, events, failures } = watchedSlot();
    const stopped = slot.stop(0);
    assert.is(await fate(stopped), 'resolved');
    assert.ok(last().signal.aborted);
    assert.is(await fate(slot.firstLoad), 'resolved');
    await clock.advance(1e6);
    assert.equal([starts.length, events(), failures, slot.state], [1, [], [], 'stopped']);
  }),
);

test(
  'a worker that has loaded just as its slot is stopped is ended, and takes no jobs',
  withClock(async () => {
    const { slot, last, joined, events } = watchedSlot();
    const stopped = slot.stop(0);
    const worker = await last().load();
    await stopped;
    assert.equal([worker.alive, joined, events(), slot.state], [false, [], [], 'stopped']);
  }),
);

test(
  'stopping during a pause ends the pause',
  withClock(async (clock) => {
    const { slot, last, starts } = watchedSlot();
    await last().fail();
    assert.is(await fate(slot.stop(0)), 'resolved');
    await clock.advance(1e6);
    assert.equal([starts.length, slot.state, clock.pending], [1, 'stopped', []]);
  }),
);

test.run();
