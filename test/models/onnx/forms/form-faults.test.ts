import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formFaults } from '#models/onnx/forms/form-faults.js';
import { readOnnx } from '#models/onnx/read-onnx.js';
import { int, ints, subgraph } from '../attributes.js';
import { bufferReader, bytes, encodeOnnx, type ModelSpec, msg, nodeBytes, num } from '../encode-onnx.js';
import { loads } from '../loads.js';

/** What we say of a model; the runtime loads it exactly where that is nothing. */
async function said(spec: ModelSpec, what: string): Promise<string> {
  const faults = formFaults(await readOnnx(bufferReader(encodeOnnx(spec))));
  assert.is(faults.length === 0, await loads(spec), `${what}: what we say of its loading`);
  return faults.join('; ');
}

const one = (op: string, opset: number, count = 1, ...attributes: Buffer[]): ModelSpec => ({
  opsets: { '': opset },
  inputs: Array.from({ length: count }, (_, index) => ({ name: `x${index}`, dims: [1, 2] })),
  outputs: [{ name: 'y' }],
  nodes: [{ op, inputs: Array.from({ length: count }, (_, index) => `x${index}`), outputs: ['y'], attributes }],
});

test('attributes, inputs and operators are those of the opset', async () => {
  assert.is(await said(one('Squeeze', 11, 1, ints('axes', 0)), 'axes before 13'), '');
  assert.is(
    await said(one('Squeeze', 13, 1, ints('axes', 0)), 'axes from 13 on'),
    "a node Squeeze has the attribute 'axes', which it does not have in opset 13",
  );
  assert.is(await said(one('Relu', 17, 2), 'too many inputs'), 'a node Relu has 2 inputs, expected 1 in opset 17');
  assert.is(await said(one('Add', 17, 1), 'too few inputs'), 'a node Add has 1 inputs, expected 2 in opset 17');
  assert.is(await said(one('Sum', 17, 3), 'any number of inputs'), '');
  assert.is(
    await said(one('Cast', 17), 'without what it needs'),
    "a node Cast lacks the attribute 'to', which it must have in opset 17",
  );
  assert.is(await said(one('Cast', 17, 1, int('to', 1)), 'with it'), '');
  assert.is(await said(one('Gelu', 20), 'an operator from opset 20'), '');
  assert.is(
    await said(one('Gelu', 17), 'before it was there'),
    'a node Gelu does not exist in opset 17: the operator came with opset 20',
  );
});

test("graphs inside of nodes and the model's functions count; other domains and newer opsets do not", async () => {
  const squeeze = { op: 'Squeeze', inputs: ['x'], outputs: ['z'], attributes: [ints('axes', 0)] };
  const branch = (name: string): Buffer =>
    Buffer.concat([
      bytes(1, name),
      msg(6, nodeBytes(1, squeeze), bytes(2, 'b'), msg(12, bytes(1, 'z'), msg(2, msg(1, num(1, 1))))),
    ]);
  const inside: ModelSpec = {
    inputs: [
      { name: 'c', type: 9, dims: [] },
      { name: 'x', dims: [1, 2] },
    ],
    outputs: [{ name: 'y' }],
    nodes: [
      {
        op: 'If',
        inputs: ['c'],
        outputs: ['y'],
        attributes: [
          Buffer.concat([branch('then_branch'), num(20, 5)]),
          Buffer.concat([branch('else_branch'), num(20, 5)]),
        ],
      },
    ],
  };
  assert.match(await said(inside, 'a branch'), /^a node Squeeze has the attribute 'axes'/);
  const body = msg(
    25,
    bytes(1, 'F'),
    bytes(4, 'x'),
    bytes(5, 'z'),
    nodeBytes(7, squeeze),
    msg(9, bytes(1, ''), num(2, 17)),
    bytes(10, 'own'),
  );
  const called: ModelSpec = {
    opsets: { '': 17, own: 1 },
    inputs: [{ name: 'x', dims: [1, 2] }],
    outputs: [{ name: 'y' }],
    nodes: [{ op: 'F', domain: 'own', inputs: ['x'], outputs: ['y'], attributes: [int('own_attribute', 1)] }],
    extra: body,
  };
  assert.match(await said(called, 'a function'), /^a node Squeeze has the attribute 'axes'/);
  const faults = async (spec: ModelSpec) => formFaults(await readOnnx(bufferReader(encodeOnnx(spec))));
  assert.equal(await faults({ ...one('Relu', 17, 2), opsets: { '': 99 } }), []);
  assert.equal(
    await faults({ nodes: [{ op: 'FusedConv', domain: 'com.microsoft', attributes: [subgraph('g')] }] }),
    [],
  );
});

test.run();
