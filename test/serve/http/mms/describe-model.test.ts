import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunningSessions } from '#protocol/load-report.js';
import { settled } from '../../../support/fake-clock.js';
import { FakeWorker } from '../../../support/fake-worker.js';
import { type Folder, layFolder } from '../../../support/model-folder.js';
import { type Routed, routed } from '../../../support/routed.js';

const PLAIN = { runtime: 'python', model: { modelName: 'm', handler: 'service:handle' } };

const test = suite<{ folder: Folder; server: Routed }>('description of a model');
test.before.each(async (context) => {
  context.folder = layFolder({ 'm/MAR-INF/MANIFEST.json': JSON.stringify(PLAIN) });
  context.server = await routed(context.folder, { errorDetail: false, numberOfGpu: 0 });
});
test.after.each(async ({ folder, server }) => {
  await server.manager.close(0);
  folder.remove();
});

/** A worker that says where its sessions run. */
class SessionWorker extends FakeWorker {
  override readonly sessions: RunningSessions;
  constructor(sessions: RunningSessions) {
    super();
    this.sessions = sessions;
  }
}

async function described(server: Routed): Promise<Record<string, unknown>> {
  const { status, contentType, body } = await server.ask('GET', '/models/m');
  assert.equal([status, contentType], [200, 'application/json']);
  return Object(body);
}

test('a plain model without workers: the fields of Multi Model Server in their order, and no others', async ({
  server,
}) => {
  const query = 'url=m&batch_size=4&max_batch_delay=50&initial_workers=0';
  await server.ask('POST', `/models?${query}`);
  const model = await described(server);
  const expected = {
    modelName: 'm',
    modelUrl: 'm',
    runtime: 'python',
    minWorkers: 0,
    maxWorkers: 0,
    batchSize: 4,
    maxBatchDelay: 50,
    loadedAtStartup: false,
    workers: [],
  };
  assert.equal(model, expected);
  assert.equal(Object.keys(model), Object.keys(expected));
});

test('version and engine stand where the manifest has them', async ({ server, folder }) => {
  const manifest = {
    runtime: 'nodejs',
    engine: { engineName: 'MXNet' },
    model: { ...PLAIN.model, modelVersion: '1.2' },
  };
  folder.write({ 'm/MAR-INF/MANIFEST.json': JSON.stringify(manifest) });
  await server.serve('m', 0, { startup: true });
  const model = await described(server);
  assert.equal(Object.keys(model).slice(0, 5), ['modelName', 'modelVersion', 'modelUrl', 'engine', 'runtime']);
  assert.equal(
    [model['modelVersion'], model['engine'], model['runtime'], model['loadedAtStartup']],
    ['1.2', 'MXNet', 'nodejs', true],
  );
});

test('each worker: its id, since when, its memory, whether it has a GPU', async ({ server, folder }) => {
  await server.serve('m', 1);
  const [worker] = server.manager.get('m').pool.slots;
  const row = {
    id: '9000-00000001',
    startTime: worker?.startTime.toISOString(),
    status: 'READY',
    gpu: false,
    memoryUsage: 1,
  };
  assert.equal((await described(server))['workers'], [row]);
  const withGpus = await routed(folder, { numberOfGpu: 1 });
  await withGpus.serve('m', 1);
  const [first] = withGpus.manager.get('m').pool.slots;
  assert.is(first?.gpuId, 0);
  assert.equal((await described(withGpus))['workers'], [
    { ...row, startTime: first?.startTime.toISOString(), gpu: true },
  ]);
  await withGpus.manager.close(0);
});

test('a worker that starts has no memory yet; minimum and maximum are as last asked for', async ({ server }) => {
  await server.serve('m', 0);
  await server.ask('PUT', '/models/m?min_worker=1&max_worker=3');
  const { minWorkers, maxWorkers, workers } = await described(server);
  assert.equal([minWorkers, maxWorkers], [1, 3]);
  assert.ok(Array.isArray(workers) && workers.length === 1);
  assert.equal([workers[0].status, workers[0].memoryUsage], ['READY', 0]);
});

test('a worker that finishes its last batch is unloading', async ({ server }) => {
  const [worker] = await server.serve('m', 1);
  const asked = server.ask('POST', '/predictions/m');
  await settled();
  const [slot] = server.manager.get('m').pool.slots;
  const stopped = slot?.stop(5000);
  const { workers } = await described(server);
  assert.ok(Array.isArray(workers));
  assert.is(workers[0]?.status, 'UNLOADING');
  worker?.answer();
  await asked;
  await stopped;
});

test('where its sessions run, as the first worker says that knows', async ({ server }) => {
  await server.serve('m', 1);
  assert.equal('device' in (await described(server)), false);
  await server.ask('PUT', '/models/m?min_worker=2');
  const batching = { joins: true };
  const sessions = { running: 'gpu:0', executionProviders: ['cuda', 'cpu'] };
  await (await server.started(1)).load(new SessionWorker({ ...sessions, batching }));
  const model = await described(server);
  assert.equal([model['device'], model['batching']], [sessions, 'in one run']);
  assert.equal(Object.keys(model).slice(-4), ['loadedAtStartup', 'device', 'batching', 'workers']);
});

for (const [batching, text] of [
  [{ joins: false, why: 'its batch is fixed' }, 'one by one: its batch is fixed'],
  [{ joins: false }, 'one by one: the worker does not say why'],
  [undefined, undefined],
] as const) {
  test(`batching ${JSON.stringify(batching)} is told as ${text}`, async ({ server }) => {
    await server.serve('m', 0);
    await server.ask('PUT', '/models/m?min_worker=1');
    const sessions = { running: 'cpu', executionProviders: [], ...(batching && { batching }) };
    await (await server.started(0)).load(new SessionWorker(sessions));
    const model = await described(server);
    assert.equal([model['batching'], model['device']], [text, { running: 'cpu', executionProviders: [] }]);
    assert.is('batching' in model, text !== undefined);
  });
}

test('the device that the archive declares stands beside where it runs', async ({ server, folder }) => {
  const device = { model: 'gpu:1', data: 'cpu' };
  const declared = { ...PLAIN, model: { ...PLAIN.model, extensions: { modelArchiver: { device } } } };
  folder.write({ 'm/MAR-INF/MANIFEST.json': JSON.stringify(declared) });
  await server.serve('m', 0);
  const expected = { model: 'gpu:1', data: 'cpu', fallback: 'cpu' };
  assert.equal((await described(server))['device'], expected);
  await server.ask('PUT', '/models/m?min_worker=1');
  await (await server.started(0)).load(new SessionWorker({ running: 'cpu', executionProviders: ['cpu'] }));
  assert.equal((await described(server))['device'], { ...expected, running: 'cpu', executionProviders: ['cpu'] });
});

test('a device that cannot be understood is told, and the rest of the model with it', async ({ server, folder }) => {
  const broken = { ...PLAIN, model: { ...PLAIN.model, extensions: { modelArchiver: { device: 'gpu' } } } };
  folder.write({ 'm/MAR-INF/MANIFEST.json': JSON.stringify(broken) });
  await server.serve('m', 0);
  const model = await described(server);
  assert.equal(model['device'], {
    error: 'The manifest\'s /model/extensions/modelArchiver/device is "gpu", expected an object.',
  });
  assert.is(model['modelName'], 'm');
});

test('the inputs that the archive declares are told as they stand there, and nothing that is not like them', async ({
  server,
  folder,
}) => {
  const text = { type: 'string', description: 'what to say' };
  const list: readonly (readonly [name: string, inputs: unknown, told: unknown])[] = [
    ['declared', { text }, { text }],
    ['silent', undefined, undefined],
    ['text', 'text', undefined],
    ['untyped', { text, other: {} }, undefined],
    ['nameless', { text, other: 'string' }, undefined],
  ];
  for (const [name, inputs, told] of list) {
    const declared = { ...PLAIN, model: { ...PLAIN.model, extensions: { modelArchiver: { inputs } } } };
    folder.write({ 'm/MAR-INF/MANIFEST.json': JSON.stringify(declared) });
    await server.serve(name, 0);
    const { body } = await server.ask('GET', `/models/${name}`);
    assert.equal(Object(body).inputs, told, name);
    assert.is('inputs' in Object(body), told !== undefined, name);
  }
});

test('a model that is not there is 404', async ({ server }) => {
  const { status, body } = await server.ask('GET', '/models/none');
  assert.equal([status, body], [404, { code: 404, type: 'ModelNotFoundException', message: 'Model not found: none' }]);
});

test.run();
