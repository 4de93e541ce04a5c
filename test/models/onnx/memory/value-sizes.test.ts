import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Extents, sizeValues } from '#models/onnx/memory/value-sizes.js';
import { readOnnx } from '#models/onnx/read-onnx.js';
import { int, ints, shapeValue, text } from '../attributes.js';
import { bufferReader, encodeOnnx, type ModelSpec, type NodeSpec, type TensorSpec } from '../encode-onnx.js';

const FLOAT = 1;
const INT64 = 7;
const UINT8 = 2;

const node = (op: string, inputs: string, attributes: Buffer[] = [], outputs = 'y'): NodeSpec => ({
  op,
  inputs: inputs.split(' '),
  outputs: outputs.split(' '),
  attributes,
});
const numbers = (name: string, ...values: number[]): TensorSpec => ({
  name,
  type: INT64,
  dims: [values.length],
  raw: Buffer.from(BigInt64Array.from(values, BigInt).buffer),
});
const weights = (name: string, ...dims: number[]): TensorSpec => ({ name, dims });

async function sizes(spec: ModelSpec, extents: Extents = { batch: 2 }) {
  return sizeValues(await readOnnx(bufferReader(encodeOnnx(spec))), extents);
}

type Case = readonly [x: (number | string)[], nodes: NodeSpec[], initializers: TensorSpec[], y: string];

/** The axes of `x`, the nodes from there to `y`, weights, and what `y` is for a batch of two. */
const CASES: Readonly<Record<string, Case>> = {
  'a convolution with steps': [
    ['n', 3, 9, 9],
    [node('Conv', 'x w', [ints('strides', 2, 2), ints('pads', 1, 1, 1, 1)])],
    [weights('w', 8, 3, 3, 3)],
    'float32[2,8,5,5]',
  ],
  'a transposed convolution': [
    ['n', 8, 5, 5],
    [node('ConvTranspose', 'x w', [ints('strides', 2, 2), ints('pads', 1, 1, 1, 1), ints('output_padding', 1, 1)])],
    [weights('w', 8, 4, 3, 3)],
    'float32[2,4,10,10]',
  ],
  'a pool that hangs over the edge': [
    ['n', 3, 8, 8],
    [node('MaxPool', 'x', [ints('kernel_shape', 3, 3), ints('strides', 2, 2), int('ceil_mode', 1)])],
    [],
    'float32[2,3,4,4]',
  ],
  'a reshape with -1 and 0': [['n', 3, 4], [node('Reshape', 'x to')], [numbers('to', 0, -1)], 'float32[2,12]'],
  'a reshape by a computed number of rows': [
    ['n', 3, 4],
    [
      node('Shape', 'x', [int('end', 1)], 'rows'),
      node('Concat', 'rows rest', [int('axis', 0)], 'to'),
      node('Reshape', 'x to'),
    ],
    [numbers('rest', 12)],
    'float32[2,12]',
  ],
  'a slice from the end': [
    ['n', 10],
    [node('Slice', 'x from to axes')],
    [numbers('from', -3), numbers('to', 1000), numbers('axes', 1)],
    'float32[2,3]',
  ],
  'a slice backwards': [
    ['n', 10],
    [node('Slice', 'x from to axes steps')],
    [numbers('from', 7), numbers('to', -1000), numbers('axes', 1), numbers('steps', -2)],
    'float32[2,4]',
  ],
  'the second part of a split': [
    ['n', 10],
    [node('Split', 'x parts', [int('axis', 1)], 'a y')],
    [numbers('parts', 3, 7)],
    'float32[2,7]',
  ],
  'the last part of an uneven split': [['n', 10], [node('Split', 'x', [int('axis', 1)], 'a b y')], [], 'float32[2,2]'],
  'the places of the largest': [
    ['n', 10],
    [node('TopK', 'x k', [int('axis', 1)], 'a y')],
    [numbers('k', 4)],
    'int64[2,4]',
  ],
  'channels into the picture': [
    ['n', 12, 4, 4],
    [node('DepthToSpace', 'x', [int('blocksize', 2)])],
    [],
    'float32[2,3,8,8]',
  ],
  'a product of matrices': [['n', 5, 4], [node('MatMul', 'x w')], [weights('w', 4, 3)], 'float32[2,5,3]'],
  "Einstein's sum": [
    ['n', 5, 4],
    [node('Einsum', 'x w', [text('equation', 'bik,kj->bji')])],
    [weights('w', 4, 3)],
    'float32[2,3,5]',
  ],
  'a comparison': [['n', 4], [node('Greater', 'x w')], [weights('w', 4)], 'bool[2,4]'],
  'a cast': [['n', 4], [node('Cast', 'x', [int('to', 10)])], [], 'float16[2,4]'],
  'a quantized tensor': [
    ['n', 4],
    [node('QuantizeLinear', 'x scale zero')],
    [weights('scale'), { name: 'zero', type: UINT8, dims: [] }],
    'uint8[2,4]',
  ],
  'both states of a recurrent layer': [
    [7, 'batch', 4],
    [node('LSTM', 'x w r', [int('hidden_size', 6), text('direction', 'bidirectional')], 'a b y')],
    [weights('w', 2, 24, 4), weights('r', 2, 24, 6)],
    'float32[2,2,6]',
  ],
};

for (const [name, [x, nodes, initializers, expected]] of Object.entries(CASES)) {
  test(name, async () => {
    const found = await sizes({ inputs: [{ name: 'x', dims: x }], outputs: [], nodes, initializers });
    const y = found.values.get('y');
    assert.is(y && `${y.type}[${y.dims}]`, expected);
    assert.equal(found.unknown, []);
  });
}

test('bytes are elements by the width of their type; strings have none', async () => {
  const { values } = await sizes({
    inputs: [
      { name: 'x', dims: ['n', 3] },
      { name: 'h', type: 10, dims: ['n', 3] },
      { name: 's', type: 8, dims: ['n', 3] },
    ],
  });
  assert.equal(
    ['x', 'h', 's'].map((name) => values.get(name)?.bytes),
    [24, 12, 0],
  );
});

test('open axes: the batch by its name or place, pictures and lengths assumed, names told once', async () => {
  const inputs = [
    { name: 'image', dims: ['batch', 3, 'height', 'width'] },
    { name: 'other', dims: ['batch', 3, 'height', 'width'] },
    { name: 'time', dims: ['steps', 'N', 5] },
    { name: 'none', dims: [null, null] },
  ];
  const found = await sizes({ inputs, outputs: [], nodes: [] }, { batch: 3, axes: { width: 64 } });
  assert.equal(found.values.get('image')?.dims, [3, 3, 224, 64]);
  assert.equal(found.values.get('other')?.dims, [3, 3, 224, 64]);
  assert.equal(found.values.get('time')?.dims, [128, 3, 5]);
  assert.equal(found.values.get('none')?.dims, [3, 128]);
  assert.equal(found.assumed, { height: 224, steps: 128, 'none[1]': 128 });
  assert.is(found.fixedBatch, undefined);
});

test('an open axis without a name is told by its place', async () => {
  const inputs = [{ name: 'x', dims: [null, null] }];
  const found = await sizes({ inputs, outputs: [], nodes: [] }, { batch: 3, axes: { 'x[1]': 9 } });
  assert.equal(found.values.get('x')?.dims, [3, 9]);
  assert.equal(found.assumed, {});
});

test('a fixed first axis is the batch', async () => {
  const inputs = [{ name: 'x', dims: [4, 3] }];
  assert.is((await sizes({ inputs }, { batch: 8 })).fixedBatch, 4);
  assert.is((await sizes({ inputs }, { batch: 4 })).fixedBatch, undefined);
});

test('what no rule knows is taken from the file, its symbols bound, and is unknown without it', async () => {
  const spec = {
    inputs: [{ name: 'x', dims: ['n', 4] }],
    nodes: [node('Mystery', 'x', [], 'a'), node('Relu', 'a')],
    outputs: [{ name: 'y' }],
  };
  assert.equal((await sizes(spec)).unknown, ['a', 'y']);
  const recorded = await sizes({ ...spec, values: [{ name: 'a', type: FLOAT, dims: ['n', 6] }] });
  assert.equal(recorded.values.get('y')?.dims, [2, 6]);
  assert.equal(recorded.unknown, []);
});

test('constants are weights and what is made of them', async () => {
  const found = await sizes({
    nodes: [
      node('Constant', '', [shapeValue(2, 2)], 'c'),
      node('ConstantOfShape', 'c', [], 'd'),
      node('Add', 'input w', [], 'output'),
    ],
    initializers: [weights('w', 4)],
  });
  assert.equal([...found.constants], ['w', 'c', 'd']);
});

test('axes that no computer holds, and negative ones, are unknown', async () => {
  const huge = await sizes({ inputs: [{ name: 'x', dims: ['n', 2 ** 40, 2 ** 40] }], outputs: [], nodes: [] });
  assert.equal(huge.unknown, ['x']);
  const starts = { name: 'from', type: INT64, dims: [2 ** 40] };
  const sliced = await sizes({
    nodes: [node('Slice', 'input from from', [], 'output')],
    outputs: [],
    initializers: [starts],
  });
  assert.equal(sliced.unknown, ['output']);
});

test.run();
