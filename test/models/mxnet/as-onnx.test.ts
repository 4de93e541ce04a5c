import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asOnnx } from '#models/mxnet/as-onnx.js';
import { parseSymbol } from '#models/mxnet/symbol.js';
import { estimateMemory } from '#models/onnx/memory/estimate-memory.js';
import { sizeValues } from '#models/onnx/memory/value-sizes.js';

interface Spec {
  op: string;
  name: string;
  attrs?: Record<string, string>;
  inputs?: number[];
}

/** A symbol from nodes in order; the last one is the answer. */
function symbolOf(nodes: readonly Spec[], key = 'attrs', version?: number) {
  const found = parseSymbol(
    JSON.stringify({
      nodes: nodes.map(({ op, name, attrs, inputs = [] }) => ({
        op,
        name,
        ...(attrs && { [key]: attrs }),
        inputs: inputs.map((at) => [at, 0, 0]),
      })),
      arg_nodes: [],
      heads: [[nodes.length - 1, 0, 0]],
      ...(version && { attrs: { mxnet_version: ['int', version] } }),
    }),
  );
  assert.ok(!('fault' in found));
  return found;
}

const variable = (name: string): Spec => ({ op: 'null', name });
const array = (name: string, ...dims: number[]) => {
  const bytes = dims.reduce((all, dim) => all * dim, 4);
  return { name, type: 'float32' as const, dims, bytes };
};
const IMAGE = [{ name: 'data', dims: [0, 3, 8, 8] }];

/** The axes that a chain of nodes makes of a picture of 3x8x8, for a batch of two. */
function shape(nodes: readonly Spec[], params: ReturnType<typeof array>[] = [], inputs = IMAGE): string {
  const symbol = symbolOf([variable('data'), ...params.map(({ name }) => variable(name)), ...nodes]);
  const { model, missing } = asOnnx(symbol, params, inputs);
  assert.equal({ ...missing }, {});
  const value = sizeValues(model, { batch: 2 }).values.get(model.outputs[0]?.name ?? '');
  return `${value?.type}[${value?.dims}]`;
}

test('layers of networks have the sizes that MXNet gives them', () => {
  const w = array('w', 4, 3, 3, 3);
  const conv = { kernel: '(3, 3)', num_filter: '4', stride: '(2, 2)', pad: '(1, 1)' };
  assert.is(shape([{ op: 'Convolution', name: 'c', attrs: conv, inputs: [0, 1] }], [w]), 'float32[2,4,4,4]');
  const pool = { kernel: '(3, 3)', pool_type: 'max', stride: '(2, 2)' };
  assert.is(shape([{ op: 'Pooling', name: 'p', attrs: pool, inputs: [0] }]), 'float32[2,3,3,3]');
  const full = { ...pool, pooling_convention: 'full' };
  assert.is(shape([{ op: 'Pooling', name: 'p', attrs: full, inputs: [0] }]), 'float32[2,3,4,4]');
  const global = { kernel: '(1, 1)', pool_type: 'avg', global_pool: 'True' };
  assert.is(shape([{ op: 'Pooling', name: 'p', attrs: global, inputs: [0] }]), 'float32[2,3,1,1]');
  const dense = { num_hidden: '10' };
  assert.is(
    shape([{ op: 'FullyConnected', name: 'f', attrs: dense, inputs: [0, 1] }], [array('w', 10, 192)]),
    'float32[2,10]',
  );
  assert.is(shape([{ op: 'Concat', name: 'j', attrs: { dim: '1' }, inputs: [0, 0] }]), 'float32[2,6,8,8]');
  assert.is(shape([{ op: 'Reshape', name: 'r', attrs: { shape: '(0, -1)' }, inputs: [0] }]), 'float32[2,192]');
  assert.is(shape([{ op: 'transpose', name: 't', attrs: { axes: '(0, 2, 3, 1)' }, inputs: [0] }]), 'float32[2,8,8,3]');
  assert.is(shape([{ op: 'mean', name: 'm', attrs: { axis: '(2, 3)' }, inputs: [0] }]), 'float32[2,3]');
  assert.is(shape([{ op: 'Cast', name: 'h', attrs: { dtype: 'float16' }, inputs: [0] }]), 'float16[2,3,8,8]');
});

test('every value of a graph that MXNet saved has the size that MXNet infers', () => {
  const recorded = (name: string): string => readFileSync(`test/recordings/mxnet/${name}`, 'utf8');
  const shapes: Record<string, number[]> = JSON.parse(recorded('shapes.json'));
  const symbol = parseSymbol(recorded('net-symbol.json'));
  assert.ok(!('fault' in symbol));
  assert.is(symbol.version, '1.9.1');
  const isParameter = ({ op, name }: { op: string; name: string }) => op === 'null' && !/^data$|_label$/.test(name);
  const params = symbol.nodes.filter(isParameter).map(({ name }) => array(name, ...(shapes[name] ?? [])));
  const { model, missing, unbound } = asOnnx(symbol, params, [{ name: 'data', dims: [0, 3, 224, 224] }]);
  assert.equal([{ ...missing }, unbound], [{}, []]);
  const { values } = sizeValues(model, { batch: 2 });
  const nodes = symbol.nodes.filter(({ op }) => op !== 'null');
  assert.is(nodes.length, 31);
  for (const { name } of nodes) assert.equal(values.get(`${name} 0`)?.dims, shapes[`${name}_output`], name);
});

test('the attributes stand under three keys, and the version of MXNet is read', () => {
  for (const key of ['attrs', 'attr', 'param']) {
    const symbol = symbolOf([variable('data'), { op: 'relu', name: 'r', attrs: { a: 'b' }, inputs: [0] }], key, 10501);
    assert.is(symbol.nodes[1]?.attributes['a'], 'b');
    assert.is(symbol.version, '1.5.1');
  }
});

test('what ONNX does not know is counted, labels and lost parameters are unbound', () => {
  const symbol = symbolOf([
    variable('data'),
    variable('softmax_label'),
    variable('lost'),
    { op: '_contrib_box_nms', name: 'n', inputs: [0] },
    { op: 'Reshape', name: 'r', attrs: { shape: '(-3, 0)' }, inputs: [3] },
    { op: 'elemwise_add', name: 'a', inputs: [4, 2] },
    { op: 'SoftmaxOutput', name: 's', inputs: [5, 1] },
  ]);
  const { missing, unbound, model } = asOnnx(symbol, [], IMAGE);
  assert.equal({ ...missing }, { _contrib_box_nms: 1, Reshape: 1 });
  assert.equal(unbound, ['lost'], 'the label is read by nothing that runs');
  assert.equal(sizeValues(model, { batch: 1 }).unknown, ['n 0', 'r 0', 'a 0', 's 0']);
});

test('its memory is that of weights and results', () => {
  const w = array('w', 4, 3, 3, 3);
  const attrs = { kernel: '(3, 3)', pad: '(1, 1)', no_bias: 'True' };
  const symbol = symbolOf([variable('data'), variable('w'), { op: 'Convolution', name: 'c', attrs, inputs: [0, 1] }]);
  const { weights, activations } = estimateMemory(asOnnx(symbol, [w], IMAGE).model, { batch: 2 });
  assert.is(weights, 432);
  assert.is(activations, 2 * 3 * 64 * 4 + 2 * 4 * 64 * 4);
});

test.run();
