import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeOnnx } from '../../models/onnx/encode-onnx.js';
import { rejectsWith } from '../../support/rejects.js';
import { testUnless } from '../../support/test-unless.js';
import { missingPython, pythonWith } from '../pythons.js';
import { lines, withArchive } from '../samples.js';

const text = (output: string, name: string): string => readFileSync(join(output, name, 'config.pbtxt'), 'utf8');
const files = (output: string): string[] =>
  readdirSync(output, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(output.length + 1))
    .sort();

const CLASSIFIER = encodeOnnx({
  inputs: [{ name: 'image', dims: ['n', 3, 8, 8] }],
  outputs: [{ name: 'logits', dims: ['n', 3] }],
  nodes: [
    { op: 'GlobalAveragePool', inputs: ['image'], outputs: ['pooled'] },
    { op: 'Flatten', inputs: ['pooled'], outputs: ['logits'] },
  ],
});

const PARSE = `
import json, sys
from google.protobuf import text_format
from google.protobuf.json_format import MessageToDict
from tritonclient.grpc import model_config_pb2
config = text_format.Parse(open(sys.argv[1]).read(), model_config_pb2.ModelConfig())
print(json.dumps(MessageToDict(config, preserving_proto_field_name=True)))
`;

/** The configuration as Triton's own messages read it. */
const parsed = (output: string, name: string) =>
  JSON.parse(
    execFileSync(pythonWith('tritonclient'), ['-c', PARSE, join(output, name, 'config.pbtxt')], { encoding: 'utf8' }),
  );

test('a proven batch axis, a batch size, labels, workers, threads and a GPU', async () => {
  const source = { 'net.onnx': CLASSIFIER, 'labels.txt': 'cat\ndog "big"\nüber\n' };
  const options = { modelName: 'pets', handler: 'image_classifier', modelContext: 'gpu:1' };
  await withArchive(source, options, async ({ to }) => {
    const { output, carried, lost, notes } = await to({ to: 'triton', batchSize: 8, maxBatchDelay: 5, workers: 2 });
    assert.equal(files(output), ['pets/1/model.onnx', 'pets/config.pbtxt', 'pets/labels.txt']);
    assert.is(
      text(output, 'pets'),
      [
        'name: "pets"',
        'platform: "onnxruntime_onnx"',
        'max_batch_size: 8',
        'input {',
        '  name: "image"',
        '  data_type: TYPE_FP32',
        '  dims: [3, 8, 8]',
        '}',
        'output {',
        '  name: "logits"',
        '  data_type: TYPE_FP32',
        '  dims: [3]',
        '  label_filename: "labels.txt"',
        '}',
        'instance_group {',
        '  count: 2',
        '  kind: KIND_GPU',
        '  gpus: [1]',
        '}',
        'dynamic_batching {',
        '  max_queue_delay_microseconds: 5000',
        '}',
        '',
      ].join('\n'),
    );
    assert.is(readFileSync(join(output, 'pets/labels.txt'), 'utf8'), 'cat\ndog "big"\nüber\n');
    assert.ok(readFileSync(join(output, 'pets/1/model.onnx')).equals(CLASSIFIER));
    assert.equal(lines(carried), [
      'net.onnx: pets/1/model.onnx',
      'labels of labels.txt: labels.txt, of the output logits',
      'batch size 8: max_batch_size and dynamic_batching, which waits 5 ms',
      'workers 2: instance_group',
      'the device context gpu:1: instance_group',
    ]);
    assert.match(
      lines(lost).join('\n'),
      /^the service image_classifier: Triton runs the model alone: clients do what it did, decoding/,
    );
    assert.match(notes.join('\n'), /^No Triton server ran this/);
  });
});

test('without a proof there are no batches, whatever is asked for, and all axes stay', async () => {
  const mixing = encodeOnnx({
    inputs: [{ name: 'x', dims: ['n', 4] }],
    outputs: [{ name: 'y', dims: ['n', 4] }],
    nodes: [{ op: 'CumSum', inputs: ['x', 'axis'], outputs: ['y'] }],
    initializers: [{ name: 'axis', type: 6, dims: [1], raw: Buffer.alloc(4) }],
  });
  await withArchive({ 'net.onnx': mixing }, { modelName: 'sums', handler: 'tensor' }, async ({ to }) => {
    const { output, lost } = await to({ to: 'triton', batchSize: 8 });
    assert.match(text(output, 'sums'), /max_batch_size: 0\n[\s\S]*dims: \[-1, 4\]/);
    assert.not.match(text(output, 'sums'), /dynamic_batching/);
    assert.match(lines(lost).join('\n'), /^batch size 8: it is not proven that requests can share a run: .*CumSum/m);
  });
});

test('rows alone become one element that is reshaped away; every type of the protocol has its name', async () => {
  const types = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16];
  const names = types.map((type) => `t${type}`);
  const net = encodeOnnx({
    inputs: types.map((type) => ({ name: `t${type}`, type, dims: ['n'] })),
    outputs: types.map((type) => ({ name: `o${type}`, type, dims: ['n'] })),
    nodes: names.map((name) => ({ op: 'Identity', inputs: [name], outputs: [name.replace('t', 'o')] })),
  });
  await withArchive({ 'net.onnx': net }, { modelName: 'all', handler: 'tensor' }, async ({ to }) => {
    const { output } = await to({ to: 'triton', batchSize: 2 });
    const found = [
      ...text(output, 'all').matchAll(/data_type: TYPE_(\w+)\n {2}dims: \[1\]\n {2}reshape \{\n {4}shape: \[\]/g),
    ];
    const wanted = 'FP32 UINT8 INT8 UINT16 INT16 INT32 INT64 STRING BOOL FP16 FP64 UINT32 UINT64 BF16'.split(' ');
    assert.equal(
      found.map(([, type]) => type),
      [...wanted, ...wanted],
    );
  });
});

test('external weights lie beside the model; one that is missing or leads out is a reason', async () => {
  const withData = (location: string) =>
    encodeOnnx({
      inputs: [{ name: 'x', dims: ['n', 2] }],
      outputs: [{ name: 'y', dims: ['n', 2] }],
      nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
      initializers: [{ name: 'w', dims: [2], external: { location, offset: '0', length: '8' } }],
    });
  const source = { 'deep/net.onnx': withData('parts/w.bin'), 'deep/parts/w.bin': Buffer.alloc(8) };
  await withArchive(source, { modelName: 'big', handler: 'tensor' }, async ({ to }) => {
    const { output, carried } = await to({ to: 'triton' });
    assert.equal(files(output), ['big/1/model.onnx', 'big/1/parts/w.bin', 'big/config.pbtxt']);
    assert.is(lines(carried)[0], 'deep/net.onnx: big/1/model.onnx, with parts/w.bin beside it');
  });
  for (const location of ['gone.bin', '../w.bin', '/etc/passwd']) {
    const broken = { 'deep/net.onnx': withData(location), 'w.bin': Buffer.alloc(8) };
    await withArchive(broken, { modelName: 'big', handler: 'tensor' }, async ({ to }) => {
      const refused = await rejectsWith('ERR_NOT_CONVERTIBLE', () => to({ to: 'triton' }));
      assert.ok(refused.detail?.includes(location), refused.detail);
    });
  }
});

test('what Triton has no form for is listed whole', async () => {
  const net = encodeOnnx({
    inputs: [{ name: 'scalar', dims: [] }, { name: 'unknown' }, { name: 'empty', dims: ['n', 0] }],
    outputs: [{ name: 'maps', kind: 'sequence' }],
    nodes: [{ op: 'Identity', inputs: ['scalar'], outputs: ['maps'] }],
  });
  await withArchive({ 'net.onnx': net }, { modelName: 'odd', handler: 'tensor' }, async ({ to }) => {
    const refused = await rejectsWith('ERR_NOT_CONVERTIBLE', () => to({ to: 'triton' }));
    const reasons = refused.detail?.split('\n') ?? [];
    assert.match(
      reasons.join('\n'),
      /scalar is a scalar[\s\S]*how many axes unknown has[\s\S]*empty has an axis of length 0[\s\S]*no type for maps/,
    );
    assert.is(reasons.length, 4);
  });
});

testUnless(
  missingPython('tritonclient'),
  test,
  "Triton's own messages read the configuration as it is meant",
  async () => {
    const source = { 'net.onnx': CLASSIFIER, 'labels.txt': 'a\nb\nc\n' };
    await withArchive(
      source,
      { modelName: 'pets', handler: 'image_classifier', modelContext: 'gpu:1' },
      async ({ to }) => {
        const { output } = await to({ to: 'triton', batchSize: 8, maxBatchDelay: 5, workers: 2 });
        assert.equal(parsed(output, 'pets'), {
          name: 'pets',
          platform: 'onnxruntime_onnx',
          max_batch_size: 8,
          input: [{ name: 'image', data_type: 'TYPE_FP32', dims: ['3', '8', '8'] }],
          output: [{ name: 'logits', data_type: 'TYPE_FP32', dims: ['3'], label_filename: 'labels.txt' }],
          instance_group: [{ count: 2, kind: 'KIND_GPU', gpus: [1] }],
          dynamic_batching: { max_queue_delay_microseconds: '5000' },
        });
      },
    );
  },
);

testUnless(
  missingPython('tritonclient'),
  test,
  'the same of names with every sign, threads and rows alone',
  async () => {
    const strange = 'in "put" \\ ü\n{}';
    const net = encodeOnnx({
      inputs: [{ name: strange, dims: ['n'] }],
      outputs: [{ name: 'y', dims: ['n'] }],
      nodes: [{ op: 'Relu', inputs: [strange], outputs: ['y'] }],
    });
    await withArchive({ 'net.onnx': net }, { modelName: 'net', handler: 'tensor' }, async ({ to }) => {
      const { output } = await to({ to: 'triton', batchSize: 2, threads: 3 });
      const { input, parameters } = parsed(output, 'net');
      assert.equal(input, [{ name: strange, data_type: 'TYPE_FP32', dims: ['1'], reshape: {} }]);
      assert.equal(parameters, { intra_op_thread_count: { string_value: '3' } });
    });
  },
);

test.run();
