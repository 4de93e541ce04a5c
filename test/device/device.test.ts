import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { declareDevice } from '#device/declare-device.js';
import { formatDevice, parseDevice } from '#device/parse-device.js';
import { resolveDevice } from '#device/resolve-device.js';
import { rejectsWith } from '../support/rejects.js';

test('devices are cpu, gpu:N and eia:N', () => {
  assert.equal(parseDevice('eia'), { kind: 'eia', ordinal: 0 });
  assert.equal(parseDevice('gpu:3'), { kind: 'gpu', ordinal: 3 });
  assert.is(formatDevice({ kind: 'cpu', ordinal: 0 }), 'cpu');
  for (const text of ['', 'cpu:0', 'gpu:', 'gpu:-1', 'tpu', 'EIA', 'gpu:1 '])
    assert.is(parseDevice(text), undefined, text);
});

test('all six accelerators are known, with and without ml.', () => {
  for (const size of ['medium', 'large', 'xlarge']) {
    for (const type of [`eia1.${size}`, `eia2.${size}`]) {
      assert.is(declareDevice({ accelerator: type }).eia?.acceleratorType, type);
      assert.is(declareDevice({ accelerator: `ml.${type}` }).eia?.acceleratorType, type);
    }
  }
});

test('contradictions are refused, each in its own words', async () => {
  const cases: [Parameters<typeof declareDevice>[0], RegExp][] = [
    [{ accelerator: 'eia1.medum' }, /not an Elastic Inference type/],
    [{ accelerator: 'eia1.medium', dataContext: 'eia' }, /inputs stay on the cpu/],
    [{ accelerator: 'eia1.medium', modelContext: 'eia:1' }, /eia:1 does not exist with 1 accelerator/],
    [{ accelerator: 'eia1.medium', acceleratorCount: 2, modelContext: 'eia:2' }, /does not exist with 2/],
    [{ accelerator: 'eia1.medium', acceleratorCount: 6 }, /1 to 5/],
    [{ accelerator: 'eia1.medium', acceleratorCount: 0 }, /1 to 5/],
    [{ accelerator: 'eia1.medium', modelContext: 'cpu' }, /nothing would use it/],
    [{ accelerator: 'eia1.medium', modelContext: 'gpu:0' }, /nothing would use it/],
    [{ modelContext: 'eia' }, /needs --accelerator/],
    [{ modelContext: 'tpu' }, /expected eia, eia:N, gpu:N or cpu/],
    [{ acceleratorCount: 1 }, /needs --accelerator/],
    [{ acceleratorFallback: 'cpu' }, /can be absent/],
    [{ dataContext: 'nonsense' }, /only cpu is possible/],
  ];
  for (const [options, words] of cases) {
    const error = await rejectsWith('ERR_DEVICE_CONTEXT', () => declareDevice(options));
    assert.match(error.message, words);
    assert.is(error.kind, 'usage');
  }
});

test('an accelerator always falls back, or says that it cannot', async () => {
  const declared = declareDevice({ accelerator: 'eia2.large', acceleratorCount: 2, modelContext: 'eia:1' });
  assert.equal(resolveDevice({ ...declared }), {
    model: 'eia:1',
    data: 'cpu',
    fallback: 'cpu',
    running: 'cpu',
    executionProviders: ['cpu'],
    accelerator: { type: 'eia2.large', count: 2 },
  });
  const strict = declareDevice({ accelerator: 'eia2.large', acceleratorFallback: 'fail' });
  const error = await rejectsWith('ERR_DEVICE_UNAVAILABLE', () => resolveDevice({ ...strict }));
  assert.match(error.message, /eia2\.large at eia:0/);
});

test('a gpu runs where there is one, and falls back where there is none', async () => {
  const { device } = declareDevice({ modelContext: 'gpu:1' });
  const extensions = { modelArchiver: { version: '2', ...(device && { device }) } };
  assert.equal(resolveDevice(extensions, { gpus: 2 }).executionProviders, ['cuda', 'cpu']);
  assert.is(resolveDevice(extensions, { gpus: 1 }).running, 'cpu');
  const strict = {
    modelArchiver: { version: '2', device: { model: 'gpu:1', data: 'cpu', fallback: 'fail' as const } },
  };
  await rejectsWith('ERR_DEVICE_UNAVAILABLE', () => resolveDevice(strict));
});

test('nothing declared is the cpu', () => {
  assert.equal(declareDevice({}), {});
  assert.is(resolveDevice({}).running, 'cpu');
});

test.run();
