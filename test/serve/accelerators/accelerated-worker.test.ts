import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { attachAccelerators } from '#device/emulated.js';
import type { MarError } from '#errors/mar-error.js';
import { AcceleratedWorker } from '#serve/accelerators/accelerated-worker.js';
import { Accelerator } from '#serve/accelerators/accelerator.js';
import type { LogEvent } from '#serve/log.js';
import { Batcher } from '#serve/queue/batcher.js';
import { settled } from '../../support/fake-clock.js';
import { answerOf, FakeWorker } from '../../support/fake-worker.js';
import { watchedJob } from '../../support/jobs.js';
import { rejectsWith } from '../../support/rejects.js';

const jobs = (...ids: string[]) => ids.map((id) => ({ id, headers: [], parameters: [] }));

/** Workers of two models on one accelerator. */
function twoModels(fallback: 'cpu' | 'fail' = 'cpu') {
  const [facts] = attachAccelerators('eia2.medium');
  assert.ok(facts);
  const accelerator = new Accelerator(facts, 1);
  const log: LogEvent[] = [];
  const worker = (model: string, ranOn: string) => {
    const inner = new FakeWorker(6);
    const tenant = { model, worker: '9000', bytes: 1, ranOn };
    return {
      inner,
      outer: new AcceleratedWorker(inner, { accelerator, tenant, fallback, log: (event) => log.push(event) }),
    };
  };
  return { accelerator, log, a: worker('a', 'cpu'), b: worker('b', 'gpu:0') };
}

const HEADER = /^eia-[0-9a-f]{32}; type=eia2\.medium; ordinal=0; ran-on=cpu; queue-ms=[\d.]+$/;

const headerOf = (response: { predictions: readonly { headers: readonly (readonly [string, string])[] }[] }) =>
  response.predictions.map(({ headers }) => Object.fromEntries(headers)['x-emulated-accelerator'] ?? 'none');

test('a batch reaches its worker in a turn only, whatever model the others are of', async () => {
  const { a, b, accelerator } = twoModels();
  assert.equal([a.outer.depth, a.inner.depth], [1, 6]);
  const first = a.outer.predict(jobs('1', '2'), { timeoutMs: 7 });
  const second = b.outer.predict(jobs('3'));
  await settled();
  assert.equal([a.inner.handed, a.inner.timeouts, b.inner.handed], [[['1', '2']], [7], []]);
  assert.equal([accelerator.running, accelerator.waiting], [1, 1]);
  a.inner.answer();
  const answered = await first;
  for (const header of headerOf(answered)) assert.match(header, HEADER);
  assert.ok(answered.waitedMs !== undefined && answered.waitedMs < 5000);
  await settled();
  assert.equal(b.inner.handed, [['3']]);
  b.inner.answer();
  assert.match(headerOf(await second)[0] ?? '', 'ran-on=gpu:0');
});

test('a model with a long queue holds up another one for as many turns as it has workers, and no longer', async () => {
  const { a, b } = twoModels();
  const queue = (worker: AcceleratedWorker): Batcher => {
    const limits = { batchSize: 1, maxBatchDelayMs: 0, queueCapacity: 100, responseTimeoutMs: 1000 };
    const batcher = new Batcher({ ...limits, hopeless: () => undefined });
    batcher.join(worker, () => {});
    return batcher;
  };
  const [long, short] = [queue(a.outer), queue(b.outer)];
  for (let index = 0; index < 50; index += 1) assert.ok(long.accept(watchedJob(`a${index}`).job));
  assert.ok(short.accept(watchedJob('b').job));
  await settled();
  assert.equal([a.inner.handed, b.inner.handed], [[['a0']], []]);
  a.inner.answer();
  await settled();
  assert.equal([a.inner.handed, b.inner.handed], [[['a0']], [['b']]]);
  b.inner.answer();
  await settled();
  assert.equal(a.inner.handed, [['a0'], ['a1']]);
});

test('a handler cannot say something else of it, and its other headers stay', async () => {
  const { a } = twoModels();
  const asked = a.outer.predict(jobs('1'));
  await settled();
  a.inner.answer((response) => ({
    ...response,
    predictions: [
      answerOf('1', {
        headers: [
          ['X-Emulated-Accelerator', 'none'],
          ['x-own', '1'],
        ],
      }),
    ],
  }));
  const [prediction] = (await asked).predictions;
  assert.equal(
    prediction?.headers.map(([name]) => name),
    ['x-own', 'x-emulated-accelerator'],
  );
  assert.match(prediction?.headers[1]?.[1] ?? '', HEADER);
});

test('each batch is a metric with the time in the queue, what it ran on, and its requests', async () => {
  const { a, log } = twoModels();
  const asked = a.outer.predict(jobs('1', '2'));
  await settled();
  a.inner.answer();
  await asked;
  const [event] = log;
  assert.is(event?.event, 'accelerator-call');
  assert.match(
    event?.message ?? '',
    /^\[METRICS\]AcceleratorQueueTime\.Milliseconds:[\d.]+\|#ModelName:a,Level:Model,EmulatedAccelerator:eia-[0-9a-f]{32},RanOn:cpu\|#hostname:.+,\d+,1,2$/,
  );
  assert.is(event?.emulated?.ranOn, 'cpu');
});

test('with fallback cpu a fault changes nothing of the answer but what is said of it, in front of the turn or within', async () => {
  const { a, b, accelerator, log } = twoModels();
  const running = a.outer.predict(jobs('1'));
  const waiting = b.outer.predict(jobs('2'));
  await settled();
  accelerator.set({ connected: false });
  await settled();
  // No turn is to be waited for any more.
  assert.equal(b.inner.handed, [['2']]);
  b.inner.answer();
  assert.match(headerOf(await waiting)[0] ?? '', /ran-on=gpu:0; fault=disconnected; fallback=cpu$/);
  a.inner.answer();
  const response = await running;
  assert.is(String(response.predictions[0]?.body), '1');
  assert.match(headerOf(response)[0] ?? '', /ran-on=cpu; queue-ms=[\d.]+; fault=disconnected; fallback=cpu$/);
  const told = log.filter(({ event }) => event === 'accelerator-fallback');
  assert.equal(
    told.map(({ level, requests }) => [level, requests]),
    [
      ['warn', ['2']],
      ['warn', ['1']],
    ],
  );
  assert.match(
    told[0]?.message ?? '',
    /is disconnected\. The archive allows the cpu: answered by gpu:0 of this machine without it$/,
  );
  assert.is(accelerator.fallbacks, 2);
});

test('with fallback fail a fault is 503 with its cause, in front of the turn or within, and the worker lives on', async () => {
  const { a, b, accelerator } = twoModels('fail');
  const running = a.outer.predict(jobs('1'));
  const waiting = b.outer.predict(jobs('2'));
  await settled();
  accelerator.set({ health: 'unhealthy' });
  a.inner.answer();
  for (const response of [await running, await waiting]) {
    assert.is(response.code, 503);
    assert.match(
      response.message,
      /^The emulated accelerator 0 \(eia2\.medium, eia-[0-9a-f]{32}\) is unhealthy\.\nhint: The fault was injected: PUT \/accelerators\/0/,
    );
  }
  assert.equal(b.inner.handed, []);
  accelerator.set({ health: 'healthy' });
  const again = a.outer.predict(jobs('3'));
  await settled();
  a.inner.answer();
  assert.is((await again).code, 200);
});

test('a batch whose worker ends before its turn was not begun; one within takes the turn with it', async () => {
  const { a, b, accelerator } = twoModels();
  const running = a.outer.predict(jobs('1')).catch((error: MarError) => error.code);
  const waiting = b.outer.predict(jobs('2'));
  await settled();
  b.inner.die();
  a.inner.die();
  assert.is(await running, 'ERR_WORKER_DIED');
  await rejectsWith('ERR_WORKER_UNSTARTED', () => waiting);
  assert.equal([accelerator.running, accelerator.waiting], [0, 0]);
});

test('for everything else it is its worker, and it says what its times are of', async () => {
  const { a, b } = twoModels();
  assert.match(a.outer.runsOn, /^on the emulated accelerator eia-[0-9a-f]{32}, which is the cpu of this machine$/);
  assert.match(b.outer.runsOn, /which is gpu:0 of this machine$/);
  assert.equal([a.outer.pid, a.outer.alive, a.outer.sessions, await a.outer.memory()], [1, true, undefined, 1]);
  await a.outer.stop({ graceMs: 5 });
  assert.equal([a.inner.stops, a.outer.alive, (await a.outer.exited).expected], [[5], false, true]);
});

test.run();
