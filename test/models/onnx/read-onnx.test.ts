import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MarError } from '#errors/mar-error.js';
import { describeValue } from '#models/onnx/model.js';
import { readOnnx } from '#models/onnx/read-onnx.js';
import { int, ints, packedFloats, packedInts, shapeValue, text, texts } from './attributes.js';
import { bufferReader, bytes, encodeOnnx, msg, nodeBytes, num } from './encode-onnx.js';

const REAL = new URL('../../../examples/image-classifier/model/efficientnet-lite0-int8.onnx', import.meta.url);
const read = (content: Buffer) => readOnnx(bufferReader(content));

async function failure(content: Buffer): Promise<MarError> {
  try {
    await read(content);
  } catch (error) {
    if (error instanceof MarError) return error;
    throw error;
  }
  throw new Error('was read');
}

test('the example model: versions, inputs, outputs, operators and parameters as onnx.load reports them', async () => {
  assert.ok(existsSync(REAL), 'the example carries its model');
  const model = await read(readFileSync(REAL));
  assert.is(model.irVersion, 8);
  assert.is(model.opsets[''], 17);
  assert.equal(model.inputs.map(describeValue), ['float32[batch,3,224,224]']);
  assert.equal(
    model.outputs.map((value) => [value.name, describeValue(value)]),
    [['logits', 'float32[batch,1000]']],
  );
  assert.is(model.operators['Conv'], 49);
  assert.is(model.nodes.length, 285);
  assert.is(model.initializers.length, 423);
  assert.is(model.parameters, 4_719_156);
});

test('a hand-made model: symbols, unknown dimensions, unknown rank, metadata, domains', async () => {
  const model = await read(
    encodeOnnx({
      ir: 10,
      opsets: { '': 21, 'com.microsoft': 1 },
      inputs: [
        { name: 'a', type: 7, dims: ['n', null, 3] },
        { name: 'b', type: 8 },
        { name: 'w', dims: [2] },
      ],
      outputs: [{ name: 'y', type: 10, dims: [] }],
      nodes: [
        { op: 'Gelu', domain: 'com.microsoft', inputs: ['a'], outputs: ['y'] },
        { op: 'Relu', domain: 'ai.onnx' },
      ],
      initializers: [{ name: 'w', dims: [2, 3], raw: Buffer.alloc(24) }],
      metadata: { labels: 'cat,dog' },
    }),
  );
  assert.equal(model.opsets['com.microsoft'], 1);
  assert.equal(model.inputs.map(describeValue), ['int64[n,?,3]', 'string']);
  assert.equal(model.outputs.map(describeValue), ['float16[]']);
  assert.equal(model.operators, { Relu: 1, 'com.microsoft:Gelu': 1 });
  assert.is(model.metadata['labels'], 'cat,dog');
  assert.is(model.parameters, 6);
  assert.is(model.weightBytes, 24);
});

test('external data: place, offset and length; the weights count by shape', async () => {
  const model = await read(
    encodeOnnx({
      initializers: [{ name: 'w', dims: [10, 10], external: { location: 'w.bin', offset: '4096', length: '400' } }],
    }),
  );
  assert.equal(model.initializers[0]?.external, { location: 'w.bin', offset: 4096, length: 400 });
  assert.is(model.weightBytes, 400);
});

test('operators of subgraphs and of functions are counted', async () => {
  const branch = Buffer.concat([
    bytes(1, 'then_branch'),
    msg(6, nodeBytes(1, { op: 'Exp' }), nodeBytes(1, { op: 'Exp' })),
  ]);
  const functions = msg(25, bytes(1, 'Swish'), bytes(10, 'local'), nodeBytes(7, { op: 'Sigmoid' }));
  const model = await read(encodeOnnx({ nodes: [{ op: 'If', attributes: [branch] }], extra: functions }));
  assert.equal(model.operators, { Exp: 2, If: 1, Sigmoid: 1 });
  assert.equal(model.functions, ['local:Swish']);
});

test('weights are skipped, not read: 8 MB of them cost the reader under 1 MB', async () => {
  const raw = Buffer.alloc(8 << 20);
  const reader = bufferReader(
    encodeOnnx({ initializers: [{ name: 'w', dims: [2 << 20], raw }], metadata: { after: 'yes' } }),
  );
  const model = await readOnnx(reader);
  assert.is(model.metadata['after'], 'yes');
  assert.is(model.weightBytes, 8 << 20);
  assert.ok(reader.handedOut() < 1 << 20, String(reader.handedOut()));
});

test('a constant bigger than the window is walked, and packed dimensions are understood', async () => {
  const packedDims = bytes(1, Buffer.from([0x80, 0x80, 0x40]));
  const constant = Buffer.concat([bytes(1, 'value'), msg(5, packedDims, num(2, 2), bytes(9, Buffer.alloc(1 << 20)))]);
  const model = await read(encodeOnnx({ nodes: [{ op: 'Constant', outputs: ['c'], attributes: [constant] }] }));
  assert.is(model.parameters, 1 << 20);
  assert.equal(model.nodes[0]?.outputs, ['c']);
});

test('what is not a model is refused with a reason and a place', async () => {
  const lfs = Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0000\nsize 5074906\n');
  const nested = Array.from({ length: 60 }).reduce<Buffer>((inner) => msg(5, msg(6, msg(1, inner))), Buffer.alloc(0));
  const cases: [string, Buffer, RegExp][] = [
    ['empty', Buffer.alloc(0), /empty/],
    ['zeros', Buffer.alloc(100), /number 0/],
    ['a Git LFS pointer', lfs, /wire type|runs past/],
    ['no graph', num(1, 8), /no graph/],
    ['no IR version', msg(7, bytes(2, 'g')), /no IR version/],
    ['cut off', encodeOnnx().subarray(0, -3), /runs past/],
    ['endless number', Buffer.alloc(20, 0xff), /ten bytes/],
    ['nested too deeply', encodeOnnx({ extra: msg(7, msg(1, nested)) }), /nested too deeply/],
    [
      'cut inside the weights',
      encodeOnnx({ initializers: [{ name: 'w', dims: [9], raw: Buffer.alloc(1 << 20) }] }).subarray(0, -9),
      /runs past|ends inside/,
    ],
  ];
  for (const [name, content, expected] of cases) {
    const error = await failure(content);
    assert.is(error.code, 'ERR_ONNX_UNREADABLE', name);
    assert.match(error.message, expected, name);
    assert.match(error.message, /at byte \d+/, name);
  }
});

test('any bytes, and any model with bytes changed or cut, are read or refused, never anything else', async () => {
  const whole = encodeOnnx({
    initializers: [{ name: 'w', dims: [4], raw: Buffer.alloc(16) }],
    metadata: { a: 'b' },
    nodes: [{ op: 'If', attributes: [msg(6, nodeBytes(1, { op: 'Exp' }))] }],
  });
  const damaged = fc
    .tuple(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }), fc.nat(whole.length))
    .map(([changes, cut]) => {
      const copy = Buffer.from(whole);
      for (const [at, byte] of changes) copy[at] = byte;
      return copy.subarray(0, cut === 0 ? whole.length : cut);
    });
  const noise = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
  await fc.assert(
    fc.asyncProperty(fc.oneof(damaged, noise), async (content) => {
      await read(content).then(
        (model) => assert.ok(model.irVersion > 0),
        (error) => assert.is(error instanceof MarError && error.code, 'ERR_ONNX_UNREADABLE', String(error)),
      );
    }),
    { numRuns: 2000 },
  );
});

test('attributes come back as they were written, long lists cut', async () => {
  const long = Array.from({ length: 5000 }, (_, index) => index);
  const attributes = [
    int('axis', -1),
    ints('axes', -3, 0, 2),
    text('mode', 'linear'),
    texts('labels', 'a', 'b'),
    packedFloats('scales', 0.5, -2),
    packedInts('pads', 0, -1, 300),
    ints('forest', ...long),
    shapeValue(1, -1),
  ];
  const { nodes } = await read(encodeOnnx({ nodes: [{ op: 'Thing', outputs: ['output'], attributes }] }));
  const found = nodes[0]?.attributes ?? {};
  assert.equal(found['axis']?.ints, [-1]);
  assert.equal(found['axes']?.ints, [-3, 0, 2]);
  assert.equal(found['mode']?.strings, ['linear']);
  assert.equal(found['labels']?.strings, ['a', 'b']);
  assert.equal(found['scales']?.floats, [0.5, -2]);
  assert.equal(found['pads']?.ints, [0, -1, 300]);
  assert.equal(found['value']?.tensor?.values, [1, -1]);
  assert.equal([found['forest']?.ints.length, found['forest']?.isCut, found['axes']?.isCut], [4096, true, false]);
});

test('small tensors keep their elements, large ones do not', async () => {
  const raw = (length: number) => Buffer.from(BigInt64Array.from({ length }, (_, index) => BigInt(-index)).buffer);
  const { initializers } = await read(
    encodeOnnx({
      initializers: [
        { name: 'shape', type: 7, dims: [3], raw: raw(3) },
        { name: 'table', type: 7, dims: [100], raw: raw(100) },
        { name: 'wrong', type: 7, dims: [9], raw: raw(3) },
      ],
    }),
  );
  assert.equal(
    initializers.map(({ values }) => values),
    [[0, -1, -2], undefined, undefined],
  );
});

test('numbers of every size come back as they were written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.maxSafeInteger(), { maxLength: 6 }), async (dims) => {
      const model = await read(encodeOnnx({ inputs: [{ name: 'x', dims }] }));
      const expected = dims.map((dim) => (dim < 0 ? Number(BigInt.asIntN(64, BigInt(dim))) : dim));
      for (const [index, dim] of (model.inputs[0]?.dims ?? []).entries()) {
        const want = expected[index] ?? 0;
        assert.ok(
          dim === want || (want < 0 && typeof dim === 'number' && Math.abs(dim - want) <= 2048),
          `${dim} ${want}`,
        );
      }
    }),
  );
});

test.run();
