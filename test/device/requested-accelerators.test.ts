import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { declareDevice } from '#device/declare-device.js';
import { requestedAccelerators } from '#device/requested-accelerators.js';
import { thrown } from '../support/rejects.js';

const eia = (over: object = {}, contexts: object = {}) => ({
  eia: {
    ...{ acceleratorType: 'eia1.medium', count: 2, ordinals: [0], fallback: 'cpu', ...over },
    contexts: { model: 'eia:0', data: 'cpu', ...contexts },
  },
});

test('an archive asks for those that it lists, the context of its model first', () => {
  assert.is(requestedAccelerators({}), undefined);
  assert.is(requestedAccelerators({ modelArchiver: { device: { model: 'gpu:0', data: 'cpu' } } }), undefined);
  assert.equal(requestedAccelerators(eia({ ordinals: [0, 1] }, { model: 'eia:1' })), {
    ...{ type: 'eia1.medium', ordinals: [1, 0], fallback: 'cpu' },
  });
  assert.equal(requestedAccelerators(eia({ ordinals: undefined }))?.ordinals, [0]);
  const ordinalsOf = (options: Parameters<typeof declareDevice>[0]) =>
    requestedAccelerators({ ...declareDevice({ accelerator: 'eia2.large', ...options }) })?.ordinals;
  assert.equal(ordinalsOf({ acceleratorCount: 3 }), [0, 1, 2]);
  assert.equal(ordinalsOf({ acceleratorCount: 3, modelContext: 'eia:1' }), [1]);
});

test('what could not have run on an accelerator is refused', () => {
  const gpu = { modelArchiver: { device: { model: 'gpu:0', data: 'cpu' } } };
  for (const [extensions, words] of [
    [eia({ acceleratorType: 'eia2.medum' }), /acceleratorType is 'eia2\.medum', which never existed \(did you mean/],
    [eia({ count: 6 }), /count is 6, expected 1 to 5/],
    [eia({ count: 1.5 }), /count is 1\.5/],
    [eia({ ordinals: [0, 2] }), /uses accelerator 2 with a count of 2, expected 0 to 1/],
    [eia({ ordinals: ['x'] }), /uses accelerator x with a count of 2/],
    [eia({ count: 1 }, { model: 'eia:1' }), /uses accelerator 1 with a count of 1, expected 0\./],
    [eia({}, { data: 'eia:0' }), /contexts\/data is eia:0, expected cpu/],
    [{ ...eia(), ...gpu }, /declares eia:0 and gpu:0/],
    [eia({ fallback: 'gpu' }), /fallback is "gpu", expected cpu or fail/],
  ] as const) {
    const error = thrown(() => requestedAccelerators(extensions));
    assert.is(error.code, 'ERR_DEVICE_DECLARATION');
    assert.match(error.message, words);
  }
});

test.run();
