import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MAX_IR_VERSION, MAX_OPSETS, OPERATORS } from '#models/onnx/operators.js';
import type { ModelSpec } from './encode-onnx.js';
import { loads } from './loads.js';

test('the packaged runtime loads the highest opsets and IR version that we name, and refuses the next', async () => {
  for (const [domain, version] of Object.entries(MAX_OPSETS)) {
    const opsets = (number: number) => ({ '': 17, [domain]: number });
    assert.is(await loads({ opsets: opsets(version) }), true, `${domain} ${version}`);
    assert.is(await loads({ opsets: opsets(version + 1) }), false, `${domain} ${version + 1}`);
  }
  assert.is(await loads({ ir: MAX_IR_VERSION }), true);
  assert.is(await loads({ ir: MAX_IR_VERSION + 1 }), false);
});

test('an operator that we do not know is one that the runtime refuses', async () => {
  assert.not(OPERATORS['']?.has('Rulu'));
  assert.is(await loads({ nodes: [{ op: 'Rulu', inputs: ['input'], outputs: ['output'] }] }), false);
  assert.ok(OPERATORS['']?.has('Relu') && OPERATORS['com.microsoft']?.has('FusedMatMul'));
  assert.is(
    await loads({
      opsets: { '': 17, 'com.microsoft': 1 },
      nodes: [{ op: 'Gelu', domain: 'com.microsoft', inputs: ['input'], outputs: ['output'] }],
    }),
    true,
  );
});

test('what our graph check refuses, the runtime refuses as well', async () => {
  const broken: ModelSpec[] = [
    { nodes: [{ op: 'Relu', inputs: ['nothing'], outputs: ['output'] }] },
    { nodes: [{ op: 'Relu', inputs: ['input'], outputs: ['other'] }] },
    {
      nodes: [
        { op: 'Relu', inputs: ['input'], outputs: ['output'] },
        { op: 'Exp', inputs: ['input'], outputs: ['output'] },
      ],
    },
  ];
  for (const spec of broken) assert.is(await loads(spec), false, JSON.stringify(spec));
});

test.run();
