import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import { unservable } from '#serve/workers/worker-pool.js';
import { settled, withClock } from '../../support/fake-clock.js';
import { watchedJob } from '../../support/jobs.js';
import { fakePool, watchFate } from '../../support/pool.js';

const NO_LOAD = new MarError('no load', { code: 'ERR_WORKER_LOAD', detail: 'its stack', hint: 'look' });
const states = ({ pool }: ReturnType<typeof fakePool>): string[] => pool.slots.map(({ state }) => state);

test(
  'it grows to the minimum, resolves when the new workers have loaded, and keeps those that are there',
  withClock(async () => {
    const fake = fakePool();
    const { pool, starts } = fake;
    const grown = watchFate(pool.resize(2, 2));
    assert.equal([states(fake), pool.working, starts.all.length], [['starting', 'starting'], 2, 2]);
    const first = await starts.at(0).load();
    assert.is(await grown(), 'pending');
    await starts.at(1).load();
    assert.is(await grown(), 'resolved');
    const more = watchFate(pool.resize(3, 3));
    assert.is(starts.all.length, 3);
    assert.equal(
      starts.all.map(({ identity }) => identity),
      [
        { id: '9000-00000001', gpuId: -1 },
        { id: '9001-00000001', gpuId: -1 },
        { id: '9002-00000001', gpuId: -1 },
      ],
    );
    await starts.at(2).load();
    assert.is(await more(), 'resolved');
    assert.is(pool.slots[0]?.worker, first);
    pool.hurry();
    await pool.close(0);
  }),
);

test(
  'it shrinks to the maximum from its end, and to nothing with a minimum of 0',
  withClock(async () => {
    const fake = fakePool();
    const { pool, starts } = fake;
    void pool.resize(3, 3);
    const workers = [await starts.at(0).load(), await starts.at(1).load(), await starts.at(2).load()];
    await pool.resize(1, 2);
    assert.equal(
      workers.map(({ alive }) => alive),
      [true, true, false],
    );
    assert.is(pool.slots.length, 2);
    await pool.resize(0, 5);
    assert.equal(
      workers.map(({ alive }) => alive),
      [false, false, false],
    );
    assert.equal([pool.slots.length, pool.working], [0, 0]);
  }),
);

test(
  'the first failure of a new worker is that of the change; others go on trying',
  withClock(async (clock) => {
    const fake = fakePool();
    const { pool, starts } = fake;
    const grown = watchFate(pool.resize(2, 2));
    await starts.at(0).fail(NO_LOAD);
    assert.is(await grown(), 'rejected no load');
    await starts.at(1).load();
    assert.equal([states(fake), pool.working], [['failed', 'ready'], 1]);
    await clock.advance(1000);
    await starts.at(2).load();
    assert.equal([states(fake), pool.working], [['ready', 'ready'], 2]);
    pool.hurry();
    await pool.close(0);
  }),
);

test(
  'failed workers can be dropped: those that serve stay',
  withClock(async (clock) => {
    const fake = fakePool();
    const { pool, starts } = fake;
    pool.resize(2, 2).catch(() => {});
    await starts.at(0).fail(NO_LOAD);
    const good = await starts.at(1).load();
    await pool.dropFailed();
    assert.equal([states(fake), good.alive], [['ready'], true]);
    await clock.advance(1e6);
    assert.is(starts.all.length, 2, 'the dropped one does not try again');
    pool.hurry();
    await pool.close(0);
  }),
);

test(
  'jobs wait while a worker is on its way; with none, or only failed ones, they are refused',
  withClock(async (clock) => {
    const { pool, starts } = fakePool();
    assert.is(pool.submit(watchedJob('early').job), 'no-worker');
    pool.resize(1, 1).catch(() => {});
    const waiting = watchedJob('waiting');
    assert.is(pool.submit(waiting.job), undefined);
    assert.is(waiting.fate(), 'waiting');
    await starts.at(0).fail(NO_LOAD);
    assert.is(waiting.fate(), 'failed 503');
    assert.equal(waiting.outcomes[0]?.failure, unservable('m', NO_LOAD));
    assert.is(pool.lastFailure, NO_LOAD);
    assert.is(pool.submit(watchedJob('late').job), 'no-worker');
    await clock.advance(1000);
    assert.is(pool.submit(watchedJob('still').job), 'no-worker', 'the latest load failed');
    const worker = await starts.at(1).load();
    assert.is(pool.lastFailure, undefined);
    assert.is(pool.submit(watchedJob('good').job), undefined);
    assert.equal(worker.handed, [['good']]);
    pool.hurry();
    await pool.close(0);
  }),
);

test(
  'a full queue refuses, and says so once a second',
  withClock(async (clock) => {
    const { pool, log, starts } = fakePool({ queueCapacity: 1 });
    pool.resize(1, 1).catch(() => {});
    assert.is(pool.submit(watchedJob('a').job), undefined);
    const told = (): number => log.filter(({ event }) => event === 'queue-full').length;
    assert.equal([pool.submit(watchedJob('b').job), told()], ['queue-full', 1]);
    await clock.advance(999);
    assert.equal([pool.submit(watchedJob('c').job), told()], ['queue-full', 1]);
    await clock.advance(1);
    assert.equal([pool.submit(watchedJob('d').job), told()], ['queue-full', 2]);
    const { message, status, hint, level } = log[0] ?? {};
    assert.equal(
      [message, status, level],
      ['Model m answers 503: 1 requests wait for its workers already', 503, 'error'],
    );
    assert.match(hint ?? '', 'job_queue_size');
    await starts.at(0).load();
    pool.hurry();
    await pool.close(0);
  }),
);

test(
  'a worker that dies keeps its jobs waiting for the next one',
  withClock(async (clock) => {
    const { pool, starts } = fakePool();
    void pool.resize(1, 1);
    const first = await starts.at(0).load();
    const jobs = ['a', 'b', 'c'].map(watchedJob);
    for (const { job } of jobs) pool.submit(job);
    first.die();
    await settled();
    assert.equal(
      jobs.map(({ fate }) => fate()),
      ['failed 500', 'waiting', 'waiting'],
    );
    assert.is(pool.working, 0);
    await clock.advance(1000);
    const second = await starts.at(1).load();
    second.answer();
    await settled();
    second.answer();
    await settled();
    assert.equal(
      jobs.map(({ fate }) => fate()),
      ['failed 500', 'answered b', 'answered c'],
    );
    pool.hurry();
    await pool.close(0);
  }),
);

test(
  'closing finishes what was accepted, as far as its time allows',
  withClock(async (clock) => {
    const { pool, starts } = fakePool();
    void pool.resize(1, 1);
    const worker = await starts.at(0).load();
    const jobs = ['a', 'b', 'c'].map(watchedJob);
    for (const { job } of jobs) pool.submit(job);
    const closed = watchFate(pool.close(1000));
    worker.answer();
    await settled();
    assert.equal(worker.handed, [['a'], ['b']]);
    assert.is(await closed(), 'pending');
    await clock.advance(999);
    assert.is(worker.alive, true);
    await clock.advance(1);
    assert.is(await closed(), 'resolved');
    assert.is(worker.alive, false);
    assert.equal(
      jobs.map(({ fate }) => fate()),
      ['answered a', 'failed 500', 'failed 503'],
    );
    assert.match(jobs[2]?.outcomes[0]?.failure?.message ?? '', 'unregistered');
    assert.is(pool.submit(watchedJob('late').job), 'no-worker');
  }),
);

test(
  'closing without a time of its own takes that of the pool, and can be hurried',
  withClock(async (clock) => {
    const { pool, starts } = fakePool({ drainMs: 7000 });
    void pool.resize(1, 1);
    await starts.at(0).load();
    pool.submit(watchedJob('a').job);
    const closed = watchFate(pool.close());
    await clock.advance(6999);
    assert.is(await closed(), 'pending');
    pool.hurry();
    assert.is(await closed(), 'resolved');
  }),
);

test(
  'workers are told the GPU that is theirs',
  withClock(async () => {
    let next = 4;
    const { pool, starts } = fakePool({ nextGpu: () => next++ });
    void pool.resize(2, 2);
    assert.equal(
      starts.all.map(({ identity }) => identity.gpuId),
      [4, 5],
    );
    await starts.at(0).load();
    await starts.at(1).load();
    pool.hurry();
    await pool.close(0);
  }),
);

test('why nobody can serve: the code, the model, and what kept its workers from loading', () => {
  const plain = unservable('m', undefined);
  assert.equal(
    [plain.status, plain.code, plain.subject, plain.detail, plain.hint],
    [503, 'ERR_NO_WORKER', 'm', undefined, undefined],
  );
  const { status, code, subject, message, detail, hint } = unservable('m', NO_LOAD);
  assert.equal(
    [status, code, subject, message, detail, hint],
    [503, 'ERR_NO_WORKER', 'm', 'no load', 'its stack', 'look'],
  );
});

test.run();
