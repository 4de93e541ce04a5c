import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelFaults } from '#models/onnx/kernels/kernel-faults.js';
import { ELEMENT_TYPES } from '#models/onnx/model.js';
import { readOnnx } from '#models/onnx/read-onnx.js';
import { packedFloats as floats, int, ints } from '../attributes.js';
import { bufferReader, bytes, encodeOnnx, type ModelSpec, msg, nodeBytes, num } from '../encode-onnx.js';
import { loads } from '../loads.js';

const TYPES = 'float32 float64 float16 int8 uint8 int16 uint16 int32 uint32 int64 uint64 bool string'.split(' ');
const code = (type: string): number => ELEMENT_TYPES.indexOf(type);
const to = (type: string): Buffer => msg(0, bytes(1, 'to'), num(3, code(type)), num(20, 2)).subarray(2);

async function faultsOf(spec: ModelSpec): Promise<string[]> {
  const faults = kernelFaults(await readOnnx(bufferReader(encodeOnnx(spec))));
  return faults.map(({ node, found, possible }) => `${node} ${found}: ${possible.join(' ')}`);
}

function typed(type: string, op: string, inputs: string[], dims: number[], attributes: Buffer[] = []): ModelSpec {
  return {
    inputs: [{ name: 'x', type: code(type), dims }],
    outputs: [{ name: 'y', type: code(type) }],
    nodes: [{ op, inputs, outputs: ['y'], attributes }],
  };
}

test('what has no implementation for its type is what the runtime refuses, and nothing else', async () => {
  const unary = 'Abs Neg Sqrt Sigmoid Erf Round Floor Sign Not Exp Log Sin Tanh Reciprocal Transpose Flatten'.split(
    ' ',
  );
  for (const type of TYPES) {
    const specs: [string, ModelSpec][] = [
      ...unary.map((op): [string, ModelSpec] => [op, typed(type, op, ['x'], [2, 2])]),
      ...['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'MatMul', 'Gemm', 'Sum', 'Xor'].map((op): [string, ModelSpec] => [
        op,
        typed(type, op, ['x', 'x'], [2, 2]),
      ]),
      ['GlobalAveragePool', typed(type, 'GlobalAveragePool', ['x'], [1, 1, 2, 2])],
      ['Conv', typed(type, 'Conv', ['x', 'x'], [1, 1, 2, 2])],
      ['MaxPool', typed(type, 'MaxPool', ['x'], [1, 1, 2, 2], [ints('kernel_shape', 2, 2)])],
    ];
    for (const [op, spec] of specs)
      assert.is((await faultsOf(spec)).length === 0, await loads(spec), `${op} of ${type}: what we say of its loading`);
  }
});

/** Whether we find fault exactly where the runtime does not load the model; what we say. */
async function said(spec: ModelSpec, what: string): Promise<string[]> {
  const faults = kernelFaults(await readOnnx(bufferReader(encodeOnnx(spec))));
  assert.is(faults.length === 0, await loads(spec), `${what}: what we say of its loading`);
  return faults.map(({ node, problem, possible }) => `${node} ${problem}: ${possible.join(' ')}`);
}

test('types are followed from node to node, and every node counts', async () => {
  const output = { name: 'y', dims: [2] };
  const halfway = (op: string, ...rest: string[]): ModelSpec => ({
    inputs: [{ name: 'x', dims: [2] }],
    outputs: [output],
    nodes: [
      { op: 'Cast', inputs: ['x'], outputs: ['a'], attributes: [to('bfloat16')] },
      { op: 'Identity', inputs: ['a'], outputs: ['b'] },
      { op, inputs: ['b', ...rest], outputs: ['c'] },
      { op: 'Cast', inputs: ['c'], outputs: ['y'], attributes: [to('float32')] },
    ],
  });
  const types = 'float32 float64 float16 int8 uint8 int16 uint16 int32 uint32 int64 uint64';
  const none = 'for which ONNX Runtime does not have it on the CPU';
  assert.equal(await said(halfway('Add', 'b'), 'in between'), [`a node Add gets bfloat16, ${none}: ${types}`]);
  assert.equal(await said(halfway('Identity'), 'no fault'), []);
  const beside = (...nodes: ModelSpec['nodes'] & object): ModelSpec => ({
    inputs: [{ name: 'x', type: code('int16'), dims: [2] }],
    outputs: [{ name: 'y', type: code('int16') }],
    initializers: [{ name: 'w', type: code('int16'), dims: [2], raw: Buffer.alloc(4) }],
    nodes,
  });
  const add = { op: 'Add', inputs: ['x', 'x'], outputs: ['y'] };
  assert.is((await said(beside({ op: 'Max', inputs: ['x', 'x'], outputs: ['z'] }, add), 'leads nowhere')).length, 1);
  assert.is((await said(beside({ op: 'Max', inputs: ['w', 'w'], outputs: ['z'] }, add), 'constant')).length, 1);
  const twice = beside(
    { op: 'Max', inputs: ['x', 'x'], outputs: ['a'] },
    { op: 'Max', inputs: ['a', 'x'], outputs: ['y'] },
  );
  assert.is((await said(twice, 'twice')).length, 1);
  assert.equal(await faultsOf({ ...twice, opsets: { 'com.microsoft': 1 } }), []);
  // Operators that no version of the runtime has.
  const missing = typed('float32', 'GlobalLpPool', ['x'], [1, 1, 2, 2]);
  assert.is((await said({ ...missing, opsets: { '': 22 } }, 'in no type')).length, 1);
  assert.is((await said({ ...missing, opsets: { '': 21 } }, 'before')).length, 0);
});

const two = (one: string, other: string, op: string, made = one, ...attributes: Buffer[]): ModelSpec => ({
  inputs: [
    { name: 'x', type: code(one), dims: [2] },
    { name: 'z', type: code(other), dims: [2] },
  ],
  outputs: [{ name: 'y', type: code(made) }],
  nodes: [{ op, inputs: ['x', 'z'], outputs: ['y'], attributes }],
});

test('all inputs count, and what is made', async () => {
  assert.equal(await said(two('float32', 'int32', 'Mul'), 'two types'), [
    'a node Mul gets float32 and int32, where ONNX Runtime takes one type for both: float32 int32',
  ]);
  assert.equal(await said(two('float32', 'int16', 'Gather'), 'indices'), [
    'a node Gather gets int16, for which ONNX Runtime does not have it on the CPU: int32 int64',
  ]);
  assert.equal(await said(two('float32', 'int32', 'TopK'), 'a fixed type'), [
    'a node TopK gets int32 as input 2, where it takes int64: int64',
  ]);
  assert.equal(await said(two('float32', 'int64', 'Gather'), 'no fault'), []);
  assert.equal(await said(two('float32', 'int64', 'Pow'), 'two variables'), []);
  assert.equal(await said(two('float32', 'uint8', 'Pow'), 'the second variable'), [
    'a node Pow gets uint8, for which ONNX Runtime does not have it on the CPU: float32 float64 float16 int32 int64',
  ]);
  assert.equal(await said(two('float32', 'float32', 'Less', 'float32'), 'declared'), [
    "a node Less makes bool of 'y', which the model says is float32: float32",
  ]);
  const shape: ModelSpec = {
    inputs: [{ name: 'x', dims: [2] }],
    outputs: [{ name: 'y', type: code('int64') }],
    values: [{ name: 's', type: code('int32') }],
    nodes: [
      { op: 'Shape', inputs: ['x'], outputs: ['s'] },
      { op: 'Identity', inputs: ['s'], outputs: ['y'] },
    ],
  };
  assert.match(String(await said(shape, 'a value between')), "makes int64 of 's', which the model says is int32");
});

/** A graph inside of a node: nodes and the outputs that they make. */
const inner = (name: string, nodes: Buffer[], inputs: Buffer[], outputs: Buffer[]): Buffer =>
  Buffer.concat([bytes(1, name), msg(6, ...nodes, bytes(2, 'inner'), ...inputs, ...outputs), num(20, 5)]);
const declare = (field: number, name: string, type: string): Buffer =>
  msg(field, bytes(1, name), msg(2, msg(1, num(1, code(type)))));

test('graphs inside of nodes count, but for a branch that a constant decides on', async () => {
  const branch = (name: string, op: string, ...inputs: string[]) =>
    inner(name, [nodeBytes(1, { op, inputs, outputs: [`${name}_y`] })], [], [declare(12, `${name}_y`, 'int16')]);
  const branches = (condition: Partial<ModelSpec>, then: Buffer): ModelSpec => ({
    inputs: [{ name: 'x', type: code('int16'), dims: [2] }],
    outputs: [{ name: 'y', type: code('int16') }],
    nodes: [{ op: 'If', inputs: ['c'], outputs: ['y'], attributes: [then, branch('else_branch', 'Identity', 'x')] }],
    ...condition,
  });
  const asked = {
    inputs: [
      { name: 'c', type: code('bool'), dims: [] },
      { name: 'x', type: code('int16'), dims: [2] },
    ],
  };
  const constant = { initializers: [{ name: 'c', type: code('bool'), dims: [], raw: Buffer.alloc(1) }] };
  const wrong = branch('then_branch', 'Max', 'x', 'x');
  assert.match(String(await said(branches(asked, wrong), 'a branch')), /^a node Max gets int16/);
  assert.equal(await said(branches(asked, branch('then_branch', 'Add', 'x', 'x')), 'a good branch'), []);
  assert.equal(await said(branches(constant, wrong), 'a branch that is never taken'), []);
  const body = inner(
    'body',
    [
      nodeBytes(1, { op: 'Identity', inputs: ['go'], outputs: ['on'] }),
      nodeBytes(1, { op: 'Relu', inputs: ['state'], outputs: ['next'] }),
    ],
    [declare(11, 'i', 'int64'), declare(11, 'go', 'bool'), declare(11, 'state', 'int16')],
    [declare(12, 'on', 'bool'), declare(12, 'next', 'int16')],
  );
  const loop: ModelSpec = {
    inputs: [
      { name: 'n', type: code('int64'), dims: [] },
      { name: 'x', type: code('int16'), dims: [2] },
    ],
    outputs: [{ name: 'y', type: code('int16') }],
    nodes: [{ op: 'Loop', inputs: ['n', '', 'x'], outputs: ['y'], attributes: [body] }],
  };
  assert.match(String(await said(loop, 'the body of a loop')), /^a node Relu gets int16/);
});

test("the model's own functions are followed with the types of each call", async () => {
  const greatest = msg(
    25,
    bytes(1, 'Greatest'),
    bytes(4, 'a'),
    bytes(5, 'b'),
    nodeBytes(7, { op: 'Max', inputs: ['a', 'a'], outputs: ['b'] }),
    msg(9, bytes(1, ''), num(2, 17)),
    bytes(10, 'own'),
  );
  const calling = (type: string): ModelSpec => ({
    opsets: { '': 17, own: 1 },
    inputs: [{ name: 'x', type: code(type), dims: [2] }],
    outputs: [{ name: 'y', type: code(type) }],
    nodes: [{ op: 'Greatest', domain: 'own', inputs: ['x'], outputs: ['y'] }],
    extra: greatest,
  });
  assert.match(String(await said(calling('int16'), 'int16')), /^a node Max gets int16/);
  assert.equal(await said(calling('int32'), 'int32'), []);
});

test('operators of scikit-learn and recurrent layers count too', async () => {
  const scaler = (type: string): ModelSpec => ({
    opsets: { '': 17, 'ai.onnx.ml': 3 },
    inputs: [{ name: 'x', type: code(type), dims: [1, 2] }],
    outputs: [{ name: 'y' }],
    nodes: [
      {
        op: 'Scaler',
        domain: 'ai.onnx.ml',
        inputs: ['x'],
        outputs: ['y'],
        attributes: [floats('offset', 1), floats('scale', 2)],
      },
    ],
  });
  assert.is((await said(scaler('uint8'), 'uint8')).length, 1);
  assert.is((await said(scaler('int64'), 'int64')).length, 0);
  const gru = (...attributes: Buffer[]): ModelSpec => ({
    inputs: [
      { name: 'x', dims: [2, 1, 2] },
      { name: 'w', dims: [1, 9, 2] },
      { name: 'r', dims: [1, 9, 3] },
    ],
    outputs: [{ name: 'y' }],
    nodes: [{ op: 'GRU', inputs: ['x', 'w', 'r'], outputs: ['y'], attributes: [int('hidden_size', 3), ...attributes] }],
  });
  assert.equal(await said(gru(), 'sequence first'), []);
  assert.match(String(await said(gru(int('layout', 1)), 'batch first')), /^a node GRU has layout 1/);
});

test.run();
