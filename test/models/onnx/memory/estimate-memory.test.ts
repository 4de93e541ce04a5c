import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Arena } from '#models/onnx/memory/arena.js';
import { planBuffers } from '#models/onnx/memory/buffers.js';
import { estimateMemory, leastMemory } from '#models/onnx/memory/estimate-memory.js';
import { mostInUse, runMemory } from '#models/onnx/memory/run-memory.js';
import { sizeValues } from '#models/onnx/memory/value-sizes.js';
import { readOnnx } from '#models/onnx/read-onnx.js';
import { ints, weightsValue } from '../attributes.js';
import { bufferReader, encodeOnnx, type ModelSpec, type NodeSpec } from '../encode-onnx.js';

const node = (op: string, inputs: string, outputs: string, attributes: Buffer[] = []): NodeSpec => ({
  op,
  inputs: inputs.split(' '),
  outputs: outputs.split(' '),
  attributes,
});
const read = (spec: ModelSpec) => readOnnx(bufferReader(encodeOnnx(spec)));

/** Bytes and lives of the buffers for one row, the first node being 0. */
async function buffersOf(spec: ModelSpec): Promise<string[]> {
  const model = await read(spec);
  return planBuffers(model, sizeValues(model, { batch: 1 })).map(
    ({ kind, bytes, from, to }) => `${kind} ${bytes} ${from}-${to}`,
  );
}

const X = [{ name: 'x', dims: ['n', 8] }];
const Y = [{ name: 'y', dims: ['n', 8] }];
const W = { name: 'w', dims: [8, 8] };

test('a result lives from its node to its last reader', async () => {
  const nodes = [node('MatMul', 'x w', 'a'), node('Erf', 'a', 'b'), node('Concat', 'a b', 'y')];
  assert.equal(await buffersOf({ inputs: X, outputs: [{ name: 'y' }], nodes, initializers: [W] }), [
    'result 32 0-2',
    'result 32 1-2',
    'output 64 2-3',
  ]);
});

test('elementwise operators write in place where nobody else reads, views cost nothing', async () => {
  const nodes = [
    node('MatMul', 'x w', 'a'),
    node('Relu', 'a', 'b'),
    node('Identity', 'b', 'c'),
    node('MatMul', 'c w', 'y'),
  ];
  assert.equal(await buffersOf({ inputs: X, outputs: Y, nodes, initializers: [W] }), [
    'result 32 0-3',
    'output 32 3-4',
  ]);
  const kept = [node('MatMul', 'x w', 'a'), node('Relu', 'a', 'b'), node('Add', 'a b', 'y')];
  assert.equal(await buffersOf({ inputs: X, outputs: Y, nodes: kept, initializers: [W] }), [
    'result 32 0-3',
    'result 32 1-2',
  ]);
});

test("a Clip that no convolution took in makes a new result, as the runtime's own log shows", async () => {
  const nodes = [node('MatMul', 'x w', 'a'), node('Clip', 'a', 'b'), node('MatMul', 'b w', 'y')];
  assert.equal(await buffersOf({ inputs: X, outputs: Y, nodes, initializers: [W] }), [
    'result 32 0-1',
    'result 32 1-2',
    'output 32 2-3',
  ]);
});

test('weights that are written as nodes take what initializers take', async () => {
  const inputs = [{ name: 'x', dims: ['n', 32, 2, 2] }];
  const outputs = [{ name: 'y' }];
  const convolution = node('Conv', 'x w', 'y');
  const named = await read({
    inputs,
    outputs,
    nodes: [convolution],
    initializers: [{ name: 'w', dims: [32, 32, 3, 3] }],
  });
  const constant: NodeSpec = { op: 'Constant', inputs: [], outputs: ['w'], attributes: [weightsValue(32, 32, 3, 3)] };
  const inNodes = await read({ inputs, outputs, nodes: [constant, convolution] });
  const weights = 32 * 32 * 9 * 4;
  assert.is(inNodes.weightBytes, weights);
  assert.is(estimateMemory(inNodes, { batch: 1 }).peak, estimateMemory(named, { batch: 1 }).peak);
  assert.ok(estimateMemory(inNodes, { batch: 1 }).peak > 3 * weights, 'their copies in blocks are counted');
});

test('a buffer is used again for the same type and shape, and is held meanwhile', async () => {
  const nodes = [
    node('MatMul', 'x w', 'a'),
    node('MatMul', 'a v', 'b'),
    node('MatMul', 'b u', 'c'),
    node('MatMul', 'c w', 'y'),
  ];
  const initializers = [W, { name: 'v', dims: [8, 4] }, { name: 'u', dims: [4, 8] }];
  assert.equal(await buffersOf({ inputs: X, outputs: Y, nodes, initializers }), [
    'result 32 0-3',
    'result 16 1-2',
    'output 32 3-4',
  ]);
});

test('convolutions in blocks of channels copy what others read, and add onto an earlier result', async () => {
  const inputs = [{ name: 'x', dims: ['n', 32, 2, 2] }];
  const initializers = [{ name: 'w', dims: [32, 32, 1, 1] }];
  const nodes = [node('Conv', 'x w', 'a'), node('Erf', 'a', 'y')];
  assert.equal(await buffersOf({ inputs, outputs: [{ name: 'y' }], nodes, initializers }), [
    'result 512 0-3',
    'result 512 1-2',
    'output 512 3-4',
  ]);
  const sum = [
    node('Conv', 'x w', 'a'),
    node('Conv', 'a w', 'b'),
    node('Add', 'a b', 'c'),
    node('Conv', 'c w', 'd'),
    node('Erf', 'd', 'y'),
  ];
  const planned = await buffersOf({ inputs, outputs: [{ name: 'y' }], nodes: sum, initializers });
  assert.is(planned.filter((line) => line.startsWith('result 512')).length, 2, planned.join('; '));
});

test('what lies between integers is not made in float', async () => {
  const initializers = [{ name: 's', dims: [] }, { name: 'z', type: 2, dims: [] }, W];
  const nodes = [
    node('QuantizeLinear', 'x s z', 'q'),
    node('DequantizeLinear', 'q s z', 'd'),
    node('MatMul', 'd w', 'm'),
    node('Relu', 'm', 'r'),
    node('QuantizeLinear', 'r s z', 'p'),
    node('DequantizeLinear', 'p s z', 'y'),
  ];
  assert.equal(await buffersOf({ inputs: X, outputs: Y, nodes, initializers }), [
    'result 8 0-4',
    'result 8 4-5',
    'output 32 5-6',
  ]);
});

test('recurrent layers need room for the gates of all steps', async () => {
  const found = await buffersOf({
    inputs: [{ name: 'x', dims: [5, 'batch', 4] }],
    outputs: [{ name: 'y' }],
    nodes: [node('LSTM', 'x v r', 'y', [ints('hidden_size', 6)])],
    initializers: [
      { name: 'v', dims: [1, 24, 4] },
      { name: 'r', dims: [1, 24, 6] },
    ],
  });
  assert.equal(found, [`workspace ${5 * 6 * 4 * 4} 0-0`, `output ${5 * 6 * 4} 0-1`]);
});

test('the arena doubles its regions, cuts pieces that are twice as large, and joins what is free', () => {
  const arena = new Arena();
  const a = arena.allocate(400_000);
  const b = arena.allocate(400_000);
  assert.is(arena.resident, 800_000);
  arena.free(a);
  arena.free(b);
  const c = arena.allocate(1_000_000);
  assert.is(arena.resident, 1_000_000, 'both pieces and the rest are one again');
  arena.free(c);
  arena.allocate(3_000_000);
  assert.is(arena.resident, 4_000_000, 'a new region');
});

test('from the second run on all results are one block', () => {
  const result = (bytes: number, from: number, to: number) => ({ kind: 'result' as const, bytes, from, to });
  const buffers = [result(1e6, 0, 1), result(2e6, 1, 2), result(1e6, 2, 3)];
  assert.is(mostInUse(buffers), 3e6);
  const { inUse, all } = runMemory(buffers);
  assert.is(inUse, 3e6);
  assert.ok(all > 5e6 && all < 8e6, String(all));
});

test('more buffers than can be played are taken twice', () => {
  const buffers = Array.from({ length: 5_001 }, (_, at) => ({
    kind: 'result' as const,
    bytes: 10,
    from: at,
    to: at + 1,
  }));
  assert.equal(runMemory(buffers), { inUse: 20, all: 40 });
});

const CONV: ModelSpec = {
  inputs: [{ name: 'x', dims: ['n', 64, 4, 4] }],
  outputs: [{ name: 'y' }],
  nodes: [node('Conv', 'x w', 'y')],
};
const kernel = { name: 'w', dims: [64, 64, 1, 1] };
const MiB = 2 ** 20;

test('weights of convolutions exist three times while they load, beside the model file twice, others in part', async () => {
  const load = async (spec: ModelSpec) => (await estimateMemory(await read(spec), { batch: 1 })).peak - 4 * 4096;
  const bytes = 64 * 64 * 4;
  assert.is(await load({ ...CONV, initializers: [kernel] }), 3 * bytes);
  const external = { ...kernel, external: { location: 'w.bin', offset: '0', length: String(bytes) } };
  assert.is(await load({ ...CONV, initializers: [external] }), 2 * bytes);
});

test('half of what is packed for products of matrices remains, and the largest tensor is there twice meanwhile', async () => {
  const loaded = async (...sides: number[]) => {
    const names = sides.map((_, at) => `w${at}`);
    const nodes = names.map((name, at) => node('MatMul', `v${at} ${name}`, `v${at + 1}`));
    const initializers = names.map((name) => ({ name, dims: [512, 512] }));
    const model = await read({
      inputs: [{ name: 'v0', dims: ['n', 512] }],
      outputs: [{ name: `v${sides.length}` }],
      nodes,
      initializers,
    });
    return estimateMemory(model, { batch: 1 }).peak / (512 * 512 * 4);
  };
  assert.is((await loaded(1)).toFixed(1), '2.0', 'once, and once more while it is converted');
  assert.is((await loaded(1, 1, 1, 1)).toFixed(1), '6.0');
});

test('an estimate has its parts, grows with the batch, and is never less than the least', async () => {
  const model = await read({ ...CONV, initializers: [kernel] });
  const [one, eight] = [1, 8].map((batch) => estimateMemory(model, { batch }));
  assert.is(one?.weights, 16_384);
  assert.is(one?.activations, 4096 + 4096 + 4096, 'input, result in blocks, output');
  assert.is(one && one.weights + one.activations + one.arena, one?.peak);
  assert.is(eight?.activations, 8 * 3 * 4096);
  assert.ok((eight?.peak ?? 0) > (one?.peak ?? 0));
  assert.equal(leastMemory(model, { batch: 1 }), { weights: 16_384, activations: 3 * 4096 });
});

test('a graph made to take forever does not', async () => {
  const chain = (op: string, count: number): ModelSpec => ({
    inputs: [{ name: 'v0', dims: ['n', 64, 1, 1] }],
    outputs: [{ name: `v${count}` }],
    initializers: [kernel, { name: 's', dims: [] }],
    nodes: Array.from({ length: count }, (_, at) => node(op, `v${at} s`, `v${at + 1}`)),
  });
  const unread: ModelSpec = {
    inputs: [{ name: 'x', dims: ['n', 64] }],
    outputs: [],
    nodes: Array.from({ length: 12_000 }, (_, at) => node('Erf', 'x', `v${at}`)),
  };
  for (const spec of [chain('Mul', 12_000), unread]) {
    const { peak } = estimateMemory(await read(spec), { batch: 1 });
    assert.ok(peak < MiB, String(peak));
  }
});

test.run();
