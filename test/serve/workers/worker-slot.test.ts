import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import { workerDied } from '#hosting/worker-failure.js';
import type { LogEvent } from '#serve/log.js';
import { WorkerSlot } from '#serve/workers/worker-slot.js';
import { type FakeClock, settled, withClock } from '../../support/fake-clock.js';
import { EXIT, FakeWorker } from '../../support/fake-worker.js';

const NO_LOAD = new MarError('no load', { code: 'ERR_WORKER_LOAD' });
const KILLED = workerDied('m', { ...EXIT, signal: 'SIGKILL', reason: 'was killed by SIGKILL' });

/** A start that a test settles. */
interface Start {
  readonly id: string;
  readonly signal: AbortSignal;
  /** Loads; returns the worker. */
  load(): Promise<FakeWorker>;
  fail(error?: unknown): Promise<void>;
}

/** A slot whose starts, joins and failures are seen. */
function watchedSlot() {
  const starts: Start[] = [];
  const joined: FakeWorker[] = [];
  const left: FakeWorker[] = [];
  const failures: string[] = [];
  const log: LogEvent[] = [];
  /** How long it may take until a worker that has left is idle: settled by a test, or at once. */
  const idle = { limits: [] as number[], wait: Promise.resolve() };
  const slot = new WorkerSlot({
    id: '9000',
    modelName: 'm',
    gpuId: 2,
    start: (signal, id) =>
      new Promise((resolve, reject) => {
        const abort = (): void => reject(signal.reason);
        signal.addEventListener('abort', abort);
        const load = async () => {
          const worker = new FakeWorker();
          resolve(worker);
          signal.removeEventListener('abort', abort);
          await settled();
          return worker;
        };
        const fail = async (error: unknown = NO_LOAD) => {
          reject(error);
          signal.removeEventListener('abort', abort);
          await settled();
        };
        starts.push({ id, signal, load, fail });
      }),
    join: (worker) => {
      if (!(worker instanceof FakeWorker)) throw new TypeError('another worker');
      joined.push(worker);
      return {
        leave: () => left.push(worker),
        served: () => worker.handed.length > 0,
        idle: (limitMs) => {
          idle.limits.push(limitMs);
          return idle.wait;
        },
      };
    },
    onFailure: (error) => failures.push(error.message),
    log: (event) => log.push(event),
  });
  const events = () => log.map(({ event }) => event);
  const last = (): Start => {
    const start = starts.at(-1);
    if (!start) throw new Error('nothing was started');
    return start;
  };
  return { slot, starts, joined, left, failures, log, idle, events, last };
}

const timed = (use: (clock: FakeClock) => Promise<void>) => withClock(use);
/** The state of a promise now. */
async function fate(promise: Promise<unknown>): Promise<string> {
  let told = 'pending';
  promise.then(
    () => (told = 'resolved'),
    (error: unknown) => (told = `rejected ${error instanceof Error ? error.message : error}`),
  );
  await settled();
  return told;
}

test(
  'the first load: starting, then ready; the worker joins and the log says so',
  timed(async (clock) => {
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
  timed(async (clock) => {
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
  'a failed load is told, and tried again with growing pauses that a worker resets which has answered',
  timed(async (clock) => {
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
  timed(async (clock) => {
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
  timed(async () => {
    const { slot, last, failures } = watchedSlot();
    await last().fail(new TypeError('odd'));
    assert.equal(failures, ['odd']);
    assert.is(await fate(slot.firstLoad), 'rejected odd');
    await slot.stop(0);
  }),
);

test(
  'a first load that somebody killed is not a failure of the model: whoever waits goes on waiting',
  timed(async (clock) => {
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

test(
  'an end that was asked for is followed by another worker, and not reported',
  timed(async (clock) => {
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
  'stopping lets batches under way finish, ends the worker, and starts no other',
  timed(async (clock) => {
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
  timed(async (clock) => {
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
  timed(async () => {
    const { slot, last, joined, events } = watchedSlot();
    const stopped = slot.stop(0);
    const worker = await last().load();
    await stopped;
    assert.equal([worker.alive, joined, events(), slot.state], [false, [], [], 'stopped']);
  }),
);

test(
  'stopping during a pause ends the pause',
  timed(async (clock) => {
    const { slot, last, starts } = watchedSlot();
    await last().fail();
    assert.is(await fate(slot.stop(0)), 'resolved');
    await clock.advance(1e6);
    assert.equal([starts.length, slot.state, clock.pending], [1, 'stopped', []]);
  }),
);

test(
  'what requests failed with is reported at 500 and above, with their ids',
  timed(async () => {
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

/** What can happen to a slot. */
const happening = fc.constantFrom('load', 'fail', 'kill', 'die', 'wait', 'answer');

test(
  'whatever happens, one worker at most lives, each is started after the pause that the failures in a row ask for, and stopping ends all',
  timed((clock) =>
    fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 25 }), async (happenings) => {
        const { slot, starts, last, joined } = watchedSlot();
        const pauses = [1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597];
        // The model: what it does now, and how many pauses there were since the last worker that answered.
        let state: 'loading' | 'ready' | 'pausing' = 'loading';
        let paused = 0;
        let attempts = 1;
        let living: FakeWorker | undefined;
        for (const one of happenings) {
          if (state === 'loading' && one === 'load') {
            living = await last().load();
            state = 'ready';
          } else if (state === 'ready' && one === 'answer') {
            living?.handed.push(['a job']);
          } else if (state === 'loading' && (one === 'fail' || one === 'kill')) {
            await last().fail(one === 'kill' ? KILLED : NO_LOAD);
            const firstKilled = one === 'kill' && attempts === 1;
            assert.is(slot.state, firstKilled ? 'restarting' : 'failed');
            state = 'pausing';
          } else if (state === 'ready' && one === 'die') {
            if (living?.handed.length) paused = 0;
            living?.die();
            await settled();
            assert.is(slot.state, 'restarting');
            state = 'pausing';
          } else if (state === 'pausing' && one === 'wait') {
            const pause = (pauses[Math.min(paused, 16)] ?? 0) * 1000;
            await clock.advance(pause - 1);
            assert.is(starts.length, attempts, `after ${pause - 1} ms`);
            await clock.advance(1);
            paused += 1;
            attempts += 1;
            state = 'loading';
          }
          assert.is(starts.length, attempts);
          assert.is(slot.state === 'ready', state === 'ready');
          assert.is(joined.filter(({ alive }) => alive).length, state === 'ready' ? 1 : 0);
        }
        await slot.stop(0);
        assert.equal([slot.state, joined.some(({ alive }) => alive), clock.pending], ['stopped', false, []]);
        await clock.advance(1e7);
        assert.is(starts.length, attempts);
      }),
      { numRuns: 150 },
    ),
  ),
);

test.run();
