import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { attachAccelerators, seenAccelerator, visibleAccelerators } from '#device/emulated.js';
import { MarError } from '#errors/mar-error.js';
import { Accelerators, type BeginWorker, type ModelMemory } from '#serve/accelerators/accelerators.js';
import type { LogEvent } from '#serve/log.js';
import { FakeWorker } from '../../support/fake-worker.js';
import { type Folder, layFolder } from '../../support/model-folder.js';
import { rejectsWith } from '../../support/rejects.js';

const MIB = 2 ** 20;
const test = suite<{ folder: Folder }>('accelerators');
test.before.each((context) => {
  context.folder = layFolder({ 'net.onnx': '' });
  // Sparse: only its size counts.
  truncateSync(join(context.folder.path, 'net.onnx'), 300 * MIB);
});
test.after.each(({ folder }) => folder.remove());

/** The accelerators of these types, what they log, and the workers that they have started. */
function attached(types: string, visible?: string, memory?: ModelMemory) {
  const all = attachAccelerators(types);
  const log: LogEvent[] = [];
  const list = { attached: all, visible: visibleAccelerators(all, visible), concurrency: 1 };
  const accelerators = new Accelerators(list, (event) => log.push(event), memory);
  const begun: Parameters<BeginWorker>[0][] = [];
  const workers: FakeWorker[] = [];
  const begin: BeginWorker = async (more) => {
    begun.push(more);
    const worker = new FakeWorker();
    workers.push(worker);
    return worker;
  };
  const used = () => accelerators.describeAll().map(({ emulation }) => emulation.memory.usedInMiB);
  return { accelerators, log, begin, begun, workers, used };
}

/** A model of 300 MiB that asks for accelerators. */
function model({ path }: Folder, over: object = {}, contexts: object = {}, name = 'm') {
  const eia = {
    ...{ acceleratorType: 'eia1.medium', count: 1, ordinals: [0], fallback: 'cpu', ...over },
    contexts: { model: 'eia:0', data: 'cpu', ...contexts },
  };
  return { name, modelDir: path, batchSize: 2, manifest: { extensions: { eia } } };
}

test('a worker hears of its accelerator, takes its memory and gives it back at its end', async ({ folder }) => {
  const { accelerators, begin, begun, workers, used } = attached('eia1.medium');
  const worker = await accelerators.start(model(folder), '9000', begin);
  assert.is(worker.depth, 1);
  assert.equal(Object.keys(begun[0]?.env ?? {}), ['SAGEMAKER_INFERENCE_ACCELERATOR_PRESENT', 'MAR_ACCELERATOR']);
  assert.is(begun[0]?.env['SAGEMAKER_INFERENCE_ACCELERATOR_PRESENT'], 'true');
  assert.is(begun[0]?.gpuId, -1);
  assert.equal(used(), [300]);
  assert.equal(accelerators.describe(accelerators.get('0')).emulation.models, [
    { modelName: 'm', worker: '9000', memoryInMiB: 300, ranOn: 'host' },
  ]);
  workers[0]?.die();
  await worker.exited;
  assert.equal(used(), [0]);
});

test('a model that asks for none is left alone, but for what SageMaker tells all', async ({ folder }) => {
  const { accelerators, begin, begun, used } = attached('eia1.medium');
  const plain = { ...model(folder), manifest: { extensions: {} } };
  assert.instance(await accelerators.start(plain, '9000', begin), FakeWorker);
  assert.equal(begun, [{ env: { SAGEMAKER_INFERENCE_ACCELERATOR_PRESENT: 'true' } }]);
  assert.equal([used(), accelerators.seatsOf(plain)], [[0], 0]);
});

test('beyond the memory no worker starts, whatever the fallback', async ({ folder }) => {
  const { accelerators, begin, begun } = attached('eia1.medium');
  for (const id of ['1', '2', '3']) await accelerators.start(model(folder), id, begin);
  const error = await rejectsWith('ERR_ACCELERATOR_MEMORY', () => accelerators.start(model(folder), '4', begin));
  assert.match(error.message, /needs 300\.0 MiB for each worker.*has 1024 MiB, 900\.0 MiB of it taken by m\.$/);
  assert.is(begun.length, 3);
});

test('what is known of the graph counts, for the batch of the model; else the size of its files', async ({
  folder,
}) => {
  for (const [memory, used] of [
    [async (dir, batch) => (dir === folder.path ? batch * 100 * MIB : 0), 200],
    [async () => undefined, 300],
    [() => Promise.reject(new MarError('no', { code: 'ERR_ONNX_UNREADABLE' })), 300],
  ] as [ModelMemory, number][]) {
    const { accelerators, begin, used: inUse } = attached('eia1.medium', undefined, memory);
    await accelerators.start(model(folder), '1', begin);
    assert.equal(inUse(), [used]);
  }
});

test('the memory of a model is that of one request at least', async ({ folder }) => {
  const asked: number[] = [];
  const { accelerators, begin } = attached('eia1.medium', undefined, async (_dir, batch) => {
    asked.push(batch);
    return MIB;
  });
  for (const batchSize of [0, 1, 2])
    await accelerators.start({ ...model(folder), batchSize }, String(batchSize), begin);
  assert.equal(asked, [1, 1, 2]);
});

test('a start that fails gives the memory back', async ({ folder }) => {
  const { accelerators, used } = attached('eia1.medium');
  const failing = new MarError('no', { code: 'ERR_WORKER_LOAD' });
  await rejectsWith('ERR_WORKER_LOAD', () => accelerators.start(model(folder), '1', () => Promise.reject(failing)));
  assert.equal(used(), [0]);
});

test('workers of a model are spread over the accelerators that it may use', async ({ folder }) => {
  const { accelerators, begin, begun, used } = attached('eia1.medium,eia1.medium,eia1.medium');
  const both = model(folder, { count: 2, ordinals: [0, 1] });
  assert.is(accelerators.seatsOf(both), 2);
  for (const id of ['1', '2', '3', '4']) await accelerators.start(both, id, begin);
  assert.equal(used(), [600, 600, 0]);
  assert.equal(
    begun.map(({ env }) => seenAccelerator(env)?.visibleAs),
    [0, 1, 0, 1],
  );
  assert.equal(
    accelerators.of('m').map(({ facts }) => facts.ordinal),
    [0, 1],
  );
  assert.equal(accelerators.of('other'), []);
});

test('EI_VISIBLE_DEVICES decides which one eia:N is', async ({ folder }) => {
  const { accelerators, begin, begun, used } = attached('eia1.medium,eia1.medium', '1');
  await accelerators.start(model(folder), '1', begin);
  assert.equal(used(), [0, 300]);
  const seen = seenAccelerator(begun[0]?.env ?? {});
  assert.equal([seen?.accelerator.ordinal, seen?.visibleAs], [1, 0]);
  assert.equal(
    accelerators.describeAll().map(({ emulation }) => emulation.context),
    [undefined, 'eia:0'],
  );
});

test('one that is not attached is the cpu with a warning, or an error where the archive says so', async ({
  folder,
}) => {
  const { accelerators, begin, begun, log } = attached('eia1.medium,eia1.large', '');
  const second = { count: 2, ordinals: [1] };
  await accelerators.start(model(folder, second, { model: 'eia:1' }), '1', begin);
  assert.equal(begun, [{ env: { SAGEMAKER_INFERENCE_ACCELERATOR_PRESENT: 'true' } }]);
  assert.equal([log[0]?.level, log[0]?.event], ['warn', 'accelerator-absent']);
  assert.match(
    log[0]?.message ?? '',
    'Model m asks for eia:1 (eia1.medium), and handlers see no accelerator. It runs on the cpu',
  );
  const other = attached('eia1.medium');
  const strict = model(folder, { ...second, fallback: 'fail' }, { model: 'eia:1' });
  const error = await rejectsWith('ERR_DEVICE_UNAVAILABLE', () => other.accelerators.start(strict, '1', other.begin));
  assert.match(error.message, 'asks for eia:1 (eia1.medium), and handlers see eia:0 (eia1.medium).');
  assert.equal(other.begun, []);
});

test('another type than that of the archive is a warning, and its memory counts', async ({ folder }) => {
  const { accelerators, begin, log } = attached('eia2.medium');
  await accelerators.start(model(folder), '1', begin);
  assert.equal([log[0]?.level, log[0]?.event], ['warn', 'accelerator-type']);
  assert.match(log[0]?.message ?? '', 'packed for eia1.medium and is emulated on eia2.medium');
});

test('what the archive declares wrongly is refused before anything starts', async ({ folder }) => {
  const { accelerators, begin, begun } = attached('eia1.medium');
  const wrong = model(folder, {}, { data: 'eia:0' });
  await rejectsWith('ERR_DEVICE_DECLARATION', () => accelerators.start(wrong, '1', begin));
  assert.equal(begun, []);
});

test('a broken accelerator takes workers of archives that allow the cpu, and no others', async ({ folder }) => {
  const { accelerators, begin, begun } = attached('eia1.medium');
  accelerators.get('0').set({ health: 'unhealthy' });
  await accelerators.start(model(folder), '1', begin);
  const strict = model(folder, { fallback: 'fail' });
  const error = await rejectsWith('ERR_ACCELERATOR_FAULT', () => accelerators.start(strict, '2', begin));
  assert.match(error.message, /is unhealthy\.$/);
  assert.is(begun.length, 1);
});

test('they are found by ordinal and id', async () => {
  const { accelerators } = attached('eia1.medium,eia1.large');
  const second = accelerators.get('1');
  assert.is(accelerators.get(second.facts.id), second);
  const error = await rejectsWith('ERR_ACCELERATOR', () => accelerators.get('2'));
  assert.match(error.message, /^No accelerator 2 is attached; there are 0 \(eia-.*\), 1 \(eia-/);
});

test('they are described as by the API, and nothing in it passes for AWS', async ({ folder }) => {
  const { accelerators, begin } = attached('eia1.medium');
  writeFileSync(join(folder.path, 'net.onnx'), Buffer.alloc(MIB / 2));
  await accelerators.start(model(folder), '9000', begin);
  const [described] = accelerators.describeAll();
  assert.ok(described);
  const { emulation, ...asApi } = described;
  assert.equal(Object.keys(asApi), [
    ...['acceleratorHealth', 'acceleratorType', 'acceleratorId', 'availabilityZone', 'attachedResource'],
  ]);
  assert.equal([asApi.acceleratorHealth, asApi.availabilityZone], [{ status: 'healthy' }, 'emulated']);
  assert.match(asApi.attachedResource, /^emulated:/);
  assert.match(emulation.note, /No accelerator computed anything here/);
  assert.equal(emulation.memory, { sizeInMiB: 1024, usedInMiB: 0.5 });
});

test.run();
