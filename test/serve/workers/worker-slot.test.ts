import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LogEvent } from '#serve/log.js';
import { WorkerSlot } from '#serve/workers/worker-slot.js';
import { settled, withClock } from '../../support/fake-clock.js';
import { FakeWorker } from '../../support/fake-worker.js';
import { fate, watchedSlot } from './watched-slot.js';

test(
  'the first load: starting, then ready; the worker joins and the log says so',
  withClock(async (clock) => {
    const { slot, last, joined, events, log } = watchedSlot();
    assert.equal([slot.state, slot.id, slot.gpuId, slot.worker], ['starting', '9000-00000001', 2, undefined]);
    assert.is(await fate(slot.firstLoad), 'pending');
    await clock.advance(1250);
    const worker = await last().load();
    assert.equal([slot.state, slot.worker, joined], ['ready', worker, [worker]]);
    assert.is(await fate(slot.firstLoad), 'resolved');
    assert.equal(events(), ['worker-ready']);
    assert.match(log[0]?.message ?? '', 'Worker 9000-00000001 of model m is ready after 1.25 s');
    await slot.stop(0);
  }),
);

test(
  'a worker that dies leaves, is reported, and another one is started after a second',
  withClock(async (clock) => {
    const { slot, starts, last, joined, left, events, failures } = watchedSlot();
    const worker = await last().load();
    worker.die();
    await settled();
    assert.equal([slot.state, left, events(), failures], ['restarting', [worker], ['worker-ready', 'worker-died'], []]);
    assert.is(starts.length, 1);
    await clock.advance(999);
    assert.is(starts.length, 1);
    await clock.advance(1);
    assert.equal([starts.length, slot.id, slot.state], [2, '9000-00000002', 'restarting']);
    const second = await last().load();
    assert.equal([slot.state, slot.worker, joined.length], ['ready', second, 2]);
    await slot.stop(0);
  }),
);

test(
  'an end that was asked for is followed by another worker, and not reported',
  withClock(async (clock) => {
    const { slot, last, starts, events } = watchedSlot();
    const worker = await last().load();
    worker.die({ expected: true });
    await settled();
    assert.equal(events(), ['worker-ready']);
    await clock.advance(1000);
    assert.is(starts.length, 2);
    await slot.stop(0);
  }),
);

test(
  'what requests failed with is reported at 500 and above, with their ids',
  withClock(async () => {
    const log: LogEvent[] = [];
    let fail: ((status: number) => void) | undefined;
    const worker = new FakeWorker();
    const slot = new WorkerSlot({
      id: '9000',
      modelName: 'm',
      gpuId: -1,
      start: async () => worker,
      join: (_, onFailure) => {
        fail = (status) => onFailure([], { status, message: 'words', detail: 'cause', hint: 'do' });
        return { leave: () => {}, idle: async () => {}, served: () => false };
      },
      onFailure: () => {},
      log: (event) => log.push(event),
    });
    await settled();
    fail?.(499);
    fail?.(500);
    const failed = log.filter(({ event }) => event === 'prediction-failed');
    assert.is(failed.length, 1);
    const { message, status, detail, hint, requests, level } = failed[0] ?? {};
    assert.equal(
      { message, status, detail, hint, requests, level },
      {
        message: 'Worker 9000-00000001 of model m answered 500: words',
        status: 500,
        detail: 'cause',
        hint: 'do',
        requests: [],
        level: 'error',
      },
    );
    await slot.stop(0);
  }),
);

test.run();
