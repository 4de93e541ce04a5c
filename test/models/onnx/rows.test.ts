import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readOnnx } from '#models/onnx/read-onnx.js';
import { keepsRowsApart } from '#models/onnx/rows/keep-rows-apart.js';
import { int, ints, shapeValue, subgraph, text } from './attributes.js';
import { bufferReader, encodeOnnx, type ModelSpec, type NodeSpec, type TensorSpec } from './encode-onnx.js';

type Dims = (number | string | null)[];

const shape = (name: string, ...values: number[]): TensorSpec => ({
  name,
  type: 7,
  dims: [values.length],
  raw: Buffer.from(BigInt64Array.from(values, BigInt).buffer),
});
const weights = (name: string, ...dims: number[]): TensorSpec => ({ name, dims });

/** A graph from `x` to `y`; the nodes in between read and write `a`, `b`, … */
async function joining(x: Dims, nodes: NodeSpec[], initializers: TensorSpec[] = [], more: Partial<ModelSpec> = {}) {
  const model = encodeOnnx({
    inputs: [{ name: 'x', dims: x }],
    outputs: [{ name: 'y', dims: ['rows', null] }],
    nodes,
    initializers,
    ...more,
  });
  const found = keepsRowsApart(await readOnnx(bufferReader(model)));
  return found.joins ? 'joins' : found.why;
}

const node = (op: string, inputs: string, attributes: Buffer[] = [], outputs = 'y'): NodeSpec => ({
  op,
  inputs: inputs.split(' '),
  outputs: outputs.split(' '),
  attributes,
});

const APART: Readonly<Record<string, () => Promise<string>>> = {
  'elementwise with a scalar and a vector': () =>
    joining(['n', 4], [node('Add', 'x v', [], 'a'), node('Mul', 'a s')], [weights('v', 4), weights('s')]),
  'a product with weights': () => joining(['n', 4], [node('MatMul', 'x w')], [weights('w', 4, 3)]),
  'Gemm with its bias': () => joining(['n', 4], [node('Gemm', 'x w b')], [weights('w', 4, 3), weights('b', 3)]),
  'a convolution, pooled and flattened': () =>
    joining(
      ['n', 3, 8, 8],
      [node('Conv', 'x w', [], 'a'), node('GlobalAveragePool', 'a', [], 'b'), node('Flatten', 'b')],
      [weights('w', 5, 3, 3, 3)],
    ),
  'a reshape that copies the first axis': () => joining(['n', 3, 4], [node('Reshape', 'x to')], [shape('to', 0, -1)]),
  'a reshape whose first axis is worked out': () =>
    joining(['n', 3, 4], [node('Reshape', 'x to')], [shape('to', -1, 12)]),
  'a reshape by the number of rows': () =>
    joining(
      ['n', 3, 4],
      [
        node('Shape', 'x', [], 'shape'),
        node('Gather', 'shape zero', [], 'rows'),
        node('Unsqueeze', 'rows axes', [], 'first'),
        node('Concat', 'first rest', [int('axis', 0)], 'to'),
        node('Reshape', 'x to'),
      ],
      [{ ...shape('zero', 0), dims: [] }, shape('axes', 0), shape('rest', 12)],
    ),
  'a mask expanded by the number of rows, with -1 for what stays': () =>
    joining(
      ['n', 1, 4],
      [
        node('Shape', 'x', [], 'shape'),
        node('Constant', '', [shapeValue(-1, 3, -1)], 'wanted'),
        node('Constant', '', [shapeValue(-1, -1, -1)], 'minus'),
        node('Constant', '', [shapeValue(1, 1, 1)], 'ones'),
        node('Equal', 'wanted minus', [], 'stays'),
        node('Where', 'stays ones wanted', [], 'to'),
        node('Expand', 'x to'),
      ],
    ),
  'attention: the axis of the rows goes through transposes and products': () =>
    joining(
      ['n', 'sequence', 8],
      [
        node('Reshape', 'x heads', [], 'a'),
        node('Transpose', 'a', [ints('perm', 0, 2, 1, 3)], 'b'),
        node('Transpose', 'a', [ints('perm', 0, 2, 3, 1)], 'c'),
        node('MatMul', 'b c', [], 'd'),
        node('Softmax', 'd', [int('axis', -1)], 'e'),
        node('MatMul', 'e b', [], 'f'),
        node('Transpose', 'f', [ints('perm', 0, 2, 1, 3)], 'g'),
        node('Reshape', 'g flat'),
      ],
      [shape('heads', 0, 0, 2, 4), shape('flat', 0, 0, 8)],
    ),
  'an LSTM whose batch is the second axis, after a transpose': () =>
    joining(
      ['n', 'sequence', 2],
      [
        node('Transpose', 'x', [ints('perm', 1, 0, 2)], 'a'),
        node('LSTM', 'a w r', [int('hidden_size', 3)], 'all last'),
        node('Squeeze', 'last axes'),
      ],
      [weights('w', 1, 12, 2), weights('r', 1, 12, 3), shape('axes', 0)],
    ),
  'rows of a table': () => joining(['n', 'words'], [node('Gather', 'table x')], [weights('table', 100, 8)]),
  'sums along another axis': () => joining(['n', 3], [node('ReduceMean', 'x', [ints('axes', -1)])]),
  'einsum with the letter of the rows kept': () =>
    joining(['n', 3], [node('Einsum', 'x w', [text('equation', 'bi,io->bo')])], [weights('w', 3, 5)]),
};

for (const [name, prove] of Object.entries(APART)) {
  test(`rows stay apart: ${name}`, async () => assert.is(await prove(), 'joins'));
}

const MIXED: Readonly<Record<string, () => Promise<string>>> = {
  'an LSTM along the first axis': () =>
    joining(
      ['sequence', 1, 2],
      [node('LSTM', 'x w r', [int('hidden_size', 3)])],
      [weights('w', 1, 12, 2), weights('r', 1, 12, 3)],
    ),
  'a sum over the rows': () => joining(['n', 3], [node('ReduceMean', 'x', [ints('axes', 0)])]),
  'a sum over everything': () => joining(['n', 3], [node('ReduceSum', 'x')]),
  'softmax along the rows': () => joining(['n', 3], [node('Softmax', 'x', [int('axis', 0)])]),
  'softmax of opset 11 over all axes from the first': () =>
    joining(['n', 3, 2], [node('Softmax', 'x', [int('axis', 0)])], [], { opsets: { '': 11 } }),
  'each row by each other row': () => joining(['n', 3], [node('Transpose', 'x', [], 'a'), node('MatMul', 'x a')]),
  'rows broadcast along another axis': () =>
    joining(['n'], [node('Unsqueeze', 'x axes', [], 'a'), node('Mul', 'a x')], [shape('axes', 1)]),
  'a constant with as many rows as one request may have': () =>
    joining(['n', 3], [node('Add', 'x w')], [weights('w', 2, 3)]),
  'a reshape that moves elements between rows': () =>
    joining(['n', 6], [node('Reshape', 'x to')], [shape('to', -1, 3)]),
  'a reshape to one row': () => joining(['n', 6], [node('Reshape', 'x to')], [shape('to', 1, -1)]),
  'a reshape of which the size is not known': () =>
    joining(['n', 'k'], [node('Reshape', 'x to')], [shape('to', -1, 4)]),
  'a slice of the rows': () =>
    joining(['n', 3], [node('Slice', 'x s e axes')], [shape('s', 0), shape('e', 1), shape('axes', 0)]),
  'one row picked': () => joining(['n', 3], [node('Gather', 'x i')], [shape('i', 0)]),
  'a running sum along the rows': () => joining(['n', 3], [node('CumSum', 'x i')], [{ ...shape('i', 0), dims: [] }]),
  'a quantisation by the range of the whole batch': () =>
    joining(['n', 3], [node('DynamicQuantizeLinear', 'x', [], 'q s z'), node('DequantizeLinear', 'q s z')]),
  'the best of all rows': () => joining(['n', 3], [node('TopK', 'x k', [int('axis', 0)], 'y i')], [shape('k', 1)]),
  'indices that count over the whole batch': () =>
    joining(['n', 1, 8], [node('MaxPool', 'x', [ints('kernel_shape', 2)], 'a y')]),
  'division by the number of rows': () =>
    joining(
      ['n', 3],
      [
        node('Shape', 'x', [], 'shape'),
        node('Gather', 'shape zero', [], 'rows'),
        node('Cast', 'rows', [int('to', 1)], 'count'),
        node('Div', 'x count'),
      ],
      [{ ...shape('zero', 0), dims: [] }],
    ),
  'axes squeezed by their size': () => joining(['n', 1], [node('Squeeze', 'x')]),
  'the letter of the rows summed over': () =>
    joining(['n', 3], [node('Einsum', 'x x', [text('equation', 'bi,bj->ij')])]),
  'a branch': () => joining(['n', 3], [node('If', 'x', [subgraph('then_branch')])]),
  'a fixed branch that may read the input': () =>
    joining(['n', 3], [node('If', 'yes', [subgraph('then_branch')])], [{ name: 'yes', type: 9, dims: [] }]),
  'an operator of somebody else': () => joining(['n', 3], [{ ...node('Relu', 'x'), domain: 'com.acme' }]),
};

for (const [name, prove] of Object.entries(MIXED)) {
  test(`not proven: ${name}`, async () => assert.match(await prove(), /operator \w+.* is not known to keep the rows/));
}

test('not proven: what the inputs and outputs say', async () => {
  const two = (a: Dims, b: Dims, nodes = [node('Mul', 'x w')]) =>
    joining([], nodes, [], {
      inputs: [
        { name: 'x', dims: a },
        { name: 'w', dims: b },
      ],
    });
  assert.is(await two(['n', 2], ['n', 2]), 'joins');
  assert.is(await two(['n', 2], ['m', 2]), "the first axes of the inputs 'x' (n) and 'w' (m) are not the same");
  assert.match(await two(['n', 1], ['n']), 'operator Mul');
  assert.is(await two([1, 2], ['n', 2]), "the first axis of the input 'x' is fixed at 1");
  assert.is(await two(['n', 2], []), "the input 'w' is a scalar");
  assert.is(await joining(['n', 2], [node('Transpose', 'x')]), "the output 'y' has its rows on axis 1");
  assert.is(
    await joining(['n', 2], [node('Identity', 'w')], [weights('w', 3, 2)]),
    "the output 'y' does not depend on the input",
  );
  const fixed = { outputs: [{ name: 'y', dims: [1, 2] }] };
  assert.is(await joining(['n', 2], [node('Relu', 'x')], [], fixed), "the first axis of the output 'y' is fixed at 1");
});

test.run();
