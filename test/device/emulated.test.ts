import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ACCELERATOR_TYPES } from '#device/accelerators.js';
import { acceleratorVariables, attachAccelerators, seenAccelerator, visibleAccelerators } from '#device/emulated.js';
import { resolveDevice } from '#device/resolve-device.js';
import { thrown } from '../support/rejects.js';

const EIA = {
  eia: {
    ...{ acceleratorType: 'eia1.medium', count: 2, ordinals: [0, 1], fallback: 'fail' },
    contexts: { model: 'eia:0', data: 'cpu' },
  },
};

test('every type can be attached, with an id of its own that is the same in every run', () => {
  const five = attachAccelerators(' eia1.medium, ml.eia2.large,eia1.medium ,eia1.medium,eia2.xlarge');
  assert.equal(
    five.map(({ ordinal, type, memoryMiB }) => [ordinal, type, memoryMiB]),
    [
      [0, 'eia1.medium', 1024],
      [1, 'eia2.large', 4096],
      [2, 'eia1.medium', 1024],
      [3, 'eia1.medium', 1024],
      [4, 'eia2.xlarge', 8192],
    ],
  );
  for (const { id } of five) assert.match(id, /^eia-[0-9a-f]{32}$/);
  assert.is(new Set(five.map(({ id }) => id)).size, 5);
  assert.is(attachAccelerators('eia1.medium')[0]?.id, five[0]?.id);
  for (const type of ACCELERATOR_TYPES) assert.is(attachAccelerators(type)[0]?.type, type);
});

test('an unknown type and a sixth accelerator are refused', () => {
  for (const [list, words] of [
    ['eia1.medum', /'eia1\.medum' is not an accelerator type \(did you mean 'eia1\.medium'\?\)/],
    ['eia1.medium,', /'' is not an accelerator type/],
    ['', /'' is not an accelerator type/],
    [Array(6).fill('eia1.medium').join(), /6 accelerators are to be attached; an instance held at most 5/],
  ] as const) {
    const error = thrown(() => attachAccelerators(list));
    assert.is(error.code, 'ERR_ACCELERATOR');
    assert.match(error.message, words);
  }
});

test('EI_VISIBLE_DEVICES hides and renumbers: ordinals, ids, all, none', () => {
  const attached = attachAccelerators('eia1.medium,eia2.medium,eia1.large');
  const [first, second, third] = attached;
  const seen = (value: string | undefined) => visibleAccelerators(attached, value).map(({ ordinal }) => ordinal);
  assert.equal(seen(undefined), [0, 1, 2]);
  assert.equal(seen(''), []);
  assert.equal(seen('2,0'), [2, 0]);
  assert.equal(seen(` ${third?.id} , 0,${second?.id}`), [2, 0, 1]);
  assert.is(first?.ordinal, 0);
});

test('EI_VISIBLE_DEVICES that is malformed, or names what is not there, is refused', () => {
  const attached = attachAccelerators('eia1.medium,eia2.medium');
  for (const [value, words] of [
    ['0;1', /'0;1' is neither an ordinal nor an id/],
    ['0,,1', /'' is neither an ordinal nor an id/],
    ['-1', /'-1' is neither/],
    ['eia-XYZ', /'eia-XYZ' is neither/],
    ['2', /names 2, which is not attached; there are 0 \(eia-/],
    ['eia-00', /names eia-00, which is not attached/],
    ['1,1', /names accelerator 1 twice/],
    [`0,${attached[0]?.id}`, /twice/],
  ] as const) {
    const error = thrown(() => visibleAccelerators(attached, value));
    assert.is(error.code, 'ERR_ACCELERATOR', value);
    assert.match(error.message, words);
  }
});

test('a worker sees its accelerator, and the model runs on the best that is here', () => {
  assert.is(seenAccelerator({}), undefined);
  const [, accelerator] = attachAccelerators('eia1.medium,eia1.large');
  assert.ok(accelerator);
  const emulated = seenAccelerator(acceleratorVariables({ accelerator, visibleAs: 0 }));
  assert.equal(emulated, { accelerator, visibleAs: 0 });
  const onCpu = resolveDevice(EIA, { gpus: 0, emulated });
  assert.equal(onCpu, {
    ...{ model: 'eia:0', data: 'cpu', fallback: 'fail', accelerator: { type: 'eia1.medium', count: 2 } },
    ...{ emulated: accelerator, running: 'cpu', executionProviders: ['cpu'] },
  });
  const onGpu = resolveDevice(EIA, { gpus: 3, emulated });
  assert.equal([onGpu.running, onGpu.executionProviders, onGpu.data], ['gpu:1', ['cuda', 'cpu'], 'cpu']);
});

test.run();
