import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError, messageOf } from '#errors/mar-error.js';
import type { ServerSettings } from '#serve/config/settings.js';
import type { Model } from '#serve/models/model.js';
import { ModelManager } from '#serve/models/model-manager.js';
import type { Registration } from '#serve/models/registration.js';
import { FakeClock, settled } from '../../support/fake-clock.js';
import { type Folder, layFolder } from '../../support/model-folder.js';
import { watchFate } from '../../support/pool.js';
import { rejectsWith, thrown, thrownCode } from '../../support/rejects.js';
import { routed } from '../../support/routed.js';
import { settingsOf } from '../../support/settings.js';

const NO_LOAD = new MarError('no load', { code: 'ERR_WORKER_LOAD', detail: 'its stack', hint: 'look' });
const NO_MEMORY = new MarError('no memory', { code: 'ERR_WORKER_OUT_OF_MEMORY' });
const MANIFEST = JSON.stringify({ runtime: 'python', model: { modelName: 'm', handler: 'service:handle' } });

const test = suite<{ clock: FakeClock; folder: Folder }>('model manager');
test.before.each((context) => {
  context.folder = layFolder({ 'm/MAR-INF/MANIFEST.json': MANIFEST });
  context.clock = new FakeClock();
});
test.after.each(({ folder, clock }) => {
  clock.restore();
  folder.remove();
});

const request = (over: Partial<Registration> = {}): Registration => ({
  url: 'm',
  batchSize: 1,
  maxBatchDelayMs: 100,
  initialWorkers: 0,
  ...over,
});

/** A manager over a store of folders, with fake workers. */
async function manager(folder: Folder, over: Partial<ServerSettings> = {}) {
  const { manager: models, ...fake } = await routed(folder, {
    ...{ jobQueueSize: 1, unregisterTimeoutSeconds: 60, responseTimeoutSeconds: 9 },
    ...over,
  });
  const ask = (id: string) => {
    const outcomes: string[] = [];
    const job = models.submit('m', { id, headers: [], parameters: [] }, ({ failure }) =>
      outcomes.push(failure ? `failed ${failure.status}` : 'answered'),
    );
    return { job, outcomes };
  };
  return { ...fake, models, ask };
}

/** Registers and scales to so many loaded workers. */
async function ready(fake: Awaited<ReturnType<typeof manager>>, workers: number): Promise<Model> {
  const model = await fake.models.register(request());
  const scaled = fake.models.scale(model, workers, workers);
  for (let index = 0; index < workers; index += 1) await fake.starts.at(index).load();
  assert.is(await scaled, 'scaled');
  return model;
}

test('a registered model is found, listed by name, and has no workers yet', async ({ folder }) => {
  const fake = await manager(folder);
  const model = await fake.models.register(request());
  const other = await fake.models.register(request({ modelName: 'a', fallbackName: 'x' }));
  assert.is(fake.models.get('m'), model);
  assert.equal(fake.models.list(), [other, model]);
  assert.equal(
    [model.minWorkers, model.maxWorkers, model.pool.slots.length, model.responseTimeoutSeconds],
    [0, 0, 0, 9],
  );
  assert.equal([model.loadedAtStartup, other.loadedAtStartup], [false, true]);
  assert.is(
    thrownCode(() => fake.models.get('none')),
    'ERR_MODEL_NOT_FOUND',
  );
  assert.equal(
    [fake.models.holds(model), fake.log.map(({ event }) => event)],
    [true, ['model-registered', 'model-registered']],
  );
});

test('a name that addresses must encode is registered with a warning', async ({ folder }) => {
  const fake = await manager(folder);
  await fake.models.register(request({ modelName: 'a b' }));
  assert.equal([fake.log[0]?.level, fake.log[0]?.hint?.includes('/predictions/a%20b')], ['warn', true]);
});

test('a name is taken once; what was opened for nothing is released', async ({ folder }) => {
  const fake = await manager(folder);
  const model = await fake.models.register(request());
  await rejectsWith('ERR_MODEL_REGISTERED', () => fake.models.register(request()));
  assert.equal([fake.opened, fake.released], [['m', 'm'], ['m']]);
  assert.is(fake.models.get('m'), model);
});

test('an archive without a usable manifest is not registered, and released', async ({ folder }) => {
  const fake = await manager(folder);
  mkdirSync(join(folder.path, 'empty'));
  await rejectsWith('ERR_MANIFEST_MISSING', () => fake.models.register(request({ url: 'empty' })));
  assert.equal([fake.models.list(), fake.released], [[], ['empty']]);
});

test('the model of the start is the only one of it', async ({ folder }) => {
  const fake = await manager(folder);
  assert.is(fake.models.startupModel(), undefined);
  await fake.models.register(request());
  assert.is(fake.models.startupModel(), undefined);
  const start = await fake.models.register(request({ modelName: 's', fallbackName: 's' }));
  assert.is(fake.models.startupModel(), start);
  await fake.models.register(request({ modelName: 't', fallbackName: 't' }));
  assert.is(fake.models.startupModel(), undefined);
});

test('scaling says what was asked for; workers have ids of their own in the whole server, and GPUs in turn', async ({
  folder,
}) => {
  const fake = await manager(folder, { numberOfGpu: 2 });
  const model = await ready(fake, 2);
  assert.equal([model.minWorkers, model.maxWorkers], [2, 2]);
  const other = await fake.models.register(request({ modelName: 'n' }));
  void fake.models.scale(other, 1, 1);
  assert.equal(
    fake.starts.all.map(({ identity }) => `${identity.id} on ${identity.gpuId}`),
    ['9000-00000001 on 0', '9001-00000001 on 1', '9002-00000001 on 0'],
  );
  assert.equal(
    fake.facts.map(({ name }) => name),
    ['m', 'm', 'n'],
  );
  await fake.starts.at(2).load();
  await fake.models.close(0);
});

test('without GPUs workers are told none', async ({ folder }) => {
  const fake = await manager(folder, { numberOfGpu: 0 });
  await ready(fake, 1);
  assert.is(fake.starts.at(0).identity.gpuId, -1);
  await fake.models.close(0);
});

test('a worker that cannot load fails the change, and goes on trying', async ({ folder, clock }) => {
  const fake = await manager(folder);
  const model = await fake.models.register(request());
  clock.install();
  const scaled = rejectsWith('ERR_WORKER_START', () => fake.models.scale(model, 1, 1));
  await fake.starts.at(0).fail(NO_LOAD);
  const { message, detail, hint, cause } = await scaled;
  assert.equal([message, detail, hint, cause], ['no load', 'its stack', 'look', NO_LOAD]);
  assert.equal([model.minWorkers, model.pool.slots.length], [1, 1]);
  await clock.advance(1000);
  assert.is(fake.starts.all.length, 2);
  await fake.models.close(0);
});

test('a worker without memory is dropped: the model keeps those that it has', async ({ folder }) => {
  const fake = await manager(folder);
  const model = await ready(fake, 1);
  const scaled = rejectsWith('ERR_WORKER_START_MEMORY', () => fake.models.scale(model, 2, 2));
  await fake.starts.at(1).fail(NO_MEMORY);
  await scaled;
  assert.equal([model.minWorkers, model.maxWorkers, model.pool.slots.length], [1, 1, 1]);
  await fake.models.close(0);
});

test('a change is in progress when a worker was lost before all had loaded', async ({ folder, clock }) => {
  const fake = await manager(folder);
  const model = await fake.models.register(request());
  clock.install();
  const scaled = fake.models.scale(model, 2, 2);
  const worker = await fake.starts.at(0).load();
  worker.die();
  await fake.starts.at(1).load();
  assert.is(await scaled, 'in-progress');
  await fake.models.close(0);
});

test('a request goes to the model; without a worker, or with a full queue, it is refused', async ({ folder }) => {
  const fake = await manager(folder);
  const model = await fake.models.register(request());
  assert.is(
    thrownCode(() => fake.models.submit('none', { id: '1', headers: [], parameters: [] }, () => {})),
    'ERR_MODEL_NOT_FOUND',
  );
  const refusal = thrown(() => fake.ask('a'));
  assert.equal([refusal.code, refusal.subject], ['ERR_NO_WORKER', 'm']);
  const scaled = fake.models.scale(model, 1, 1);
  const worker = await fake.starts.at(0).load();
  await scaled;
  const first = fake.ask('a');
  fake.ask('b');
  assert.is(
    thrownCode(() => fake.ask('c')),
    'ERR_NO_WORKER',
  );
  assert.equal(worker.handed, [['a']]);
  worker.answer();
  await settled();
  assert.equal([first.outcomes, worker.handed], [['answered'], [['a'], ['b']]]);
  worker.answer();
  await fake.models.close(0);
});

test('health: whole while every wanted worker works, partial while some do, none at all', async ({ folder }) => {
  const fake = await manager(folder);
  assert.is(fake.models.health(), 'Healthy');
  const model = await fake.models.register(request());
  assert.is(fake.models.health(), 'Healthy', 'it wants none');
  const scaled = fake.models.scale(model, 2, 2).catch(() => {});
  assert.is(fake.models.health(), 'Healthy', 'workers on their way count');
  const worker = await fake.starts.at(0).load();
  await fake.starts.at(1).fail(NO_LOAD);
  assert.is(fake.models.health(), 'Partial Healthy');
  worker.die();
  await settled();
  assert.is(fake.models.health(), 'Unhealthy');
  await scaled;
  await fake.models.close(0);
});

test('a model that goes is not found at once, finishes what it took on, and then gives its files back', async ({
  folder,
  clock,
}) => {
  const fake = await manager(folder);
  const model = await ready(fake, 1);
  const worker = model.pool.slots[0]?.worker;
  const { outcomes } = fake.ask('a');
  clock.install();
  const gone = watchFate(fake.models.unregister('m'));
  assert.equal(
    [thrownCode(() => fake.models.get('m')), fake.models.holds(model), model.minWorkers, model.maxWorkers],
    ['ERR_MODEL_NOT_FOUND', false, 0, 0],
  );
  assert.equal([await gone(), fake.released], ['pending', []]);
  await clock.advance(59_999);
  assert.is(worker?.alive, true);
  await clock.advance(1);
  assert.equal([await gone(), fake.released, outcomes, worker?.alive], ['resolved', ['m'], ['failed 500'], false]);
  assert.is(fake.log.at(-1)?.event, 'model-unregistered');
  await rejectsWith('ERR_MODEL_NOT_FOUND', () => fake.models.unregister('m'));
});

test('a model whose files cannot be removed has failed to go, once: the end of the server does not hear of it again', async ({
  folder,
}) => {
  const models = new ModelManager({
    settings: await settingsOf(),
    store: {
      open: async (url) => ({ dir: join(folder.path, url), release: () => Promise.reject(new Error('EPERM')) }),
    },
    startWorker: () => Promise.reject(NO_LOAD),
    log: () => {},
  });
  await models.register(request());
  const failed = await models.unregister('m').catch(messageOf);
  assert.is(failed, 'EPERM');
  assert.equal(models.list(), []);
  await models.close(0);
});

test('closing takes every model down, those that go already too, and registers none any more', async ({
  folder,
  clock,
}) => {
  const fake = await manager(folder);
  const model = await ready(fake, 1);
  await fake.models.register(request({ modelName: 'n' }));
  fake.ask('a');
  clock.install();
  const going = watchFate(fake.models.unregister('m', 1e6));
  const closed = watchFate(fake.models.close(500));
  await clock.advance(499);
  assert.equal([await closed(), await going(), fake.released], ['pending', 'pending', ['m']]);
  await clock.advance(1);
  assert.equal([await going(), await closed(), fake.released], ['resolved', 'resolved', ['m', 'm']]);
  assert.is(model.pool.slots.length, 0);
  clock.restore();
  writeFileSync(join(folder.path, 'm', 'MAR-INF', 'MANIFEST.json'), MANIFEST);
  await rejectsWith('ERR_CLOSING', () => fake.models.register(request()));
  assert.is(fake.released.length, 3);
});

test.run();
