import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelFaults } from '#models/onnx/kernels.js';
import { ELEMENT_TYPES } from '#models/onnx/model.js';
import { readOnnx } from '#models/onnx/read-onnx.js';
import { ints } from './attributes.js';
import { bufferReader, bytes, encodeOnnx, type ModelSpec, msg, num } from './encode-onnx.js';
import { loads } from './loads.js';

const TYPES = 'float32 float64 float16 int8 uint8 int16 uint16 int32 uint32 int64 uint64 bool string'.split(' ');
const code = (type: string): number => ELEMENT_TYPES.indexOf(type);
const to = (type: string): Buffer => msg(0, bytes(1, 'to'), num(3, code(type)), num(20, 2)).subarray(2);

async function faultsOf(spec: ModelSpec): Promise<string[]> {
  const faults = kernelFaults(await readOnnx(bufferReader(encodeOnnx(spec))));
  return faults.map(({ node, type, possible }) => `${node} ${type}: ${possible.join(' ')}`);
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

test('types are followed from node to node; what leads nowhere or is constant does not count', async () => {
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
  assert.equal(await faultsOf(halfway('Add', 'b')), [`a node Add bfloat16: ${types}`]);
  assert.is(await loads(halfway('Add', 'b')), false);
  assert.equal(await faultsOf(halfway('Identity')), []);
  const beside: ModelSpec = {
    inputs: [{ name: 'x', type: code('int16'), dims: [2] }],
    outputs: [{ name: 'y', type: code('int16') }],
    initializers: [{ name: 'w', type: code('int16'), dims: [2], raw: Buffer.alloc(4) }],
    nodes: [
      { op: 'Max', inputs: ['x', 'x'], outputs: ['nowhere'] },
      { op: 'Max', inputs: ['w', 'w'], outputs: ['constant'] },
      { op: 'Add', inputs: ['x', 'constant'], outputs: ['y'] },
    ],
  };
  assert.equal(await faultsOf(beside), []);
  const twice: ModelSpec = {
    ...beside,
    nodes: [
      { op: 'Max', inputs: ['x', 'x'], outputs: ['a'] },
      { op: 'Max', inputs: ['a', 'x'], outputs: ['y'] },
    ],
  };
  assert.is((await faultsOf(twice)).length, 1);
  assert.equal(await faultsOf({ ...twice, opsets: { 'com.microsoft': 1 } }), []);
  // Operators that no version of the runtime has.
  const missing = typed('float32', 'GlobalLpPool', ['x'], [1, 1, 2, 2]);
  assert.equal(await faultsOf({ ...missing, opsets: { '': 22 } }), ['a node GlobalLpPool float32: ']);
  assert.is(await loads({ ...missing, opsets: { '': 22 } }), false);
  assert.is(await loads({ ...missing, opsets: { '': 21 } }), true);
});

test.run();
