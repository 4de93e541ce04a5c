import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PredictionError } from '#service/index.js';
import { ints } from '../../models/onnx/attributes.js';
import { encodeOnnx, type ModelSpec } from '../../models/onnx/encode-onnx.js';
import { withContext } from '../context.js';
import { colour, FLOAT16, failure, floats, INT64, intAttribute, load } from './loaded.js';

/** The mean of each colour channel: a classifier of colours. */
const COLOURS: ModelSpec = {
  inputs: [{ name: 'image', dims: ['n', 3, 2, 2] }],
  outputs: [{ name: 'scores', dims: ['n', 3] }],
  nodes: [
    { op: 'GlobalAveragePool', inputs: ['image'], outputs: ['means'] },
    { op: 'Flatten', inputs: ['means'], outputs: ['scores'] },
  ],
  metadata: { 'Image.NominalPixelRange': 'Normalized_0_1', names: "{0: 'red', 1: 'green', 2: 'blue'}" },
};

test('image_classifier reads pixel range and labels from the ONNX metadata', () =>
  withContext({ 'm.onnx': encodeOnnx(COLOURS) }, async (context, batch) => {
    const service = await load('image_classifier', context);
    const inputs = [
      { body: await colour(0, 255, 0) },
      { body: Buffer.from('no image') },
      { body: await colour(0, 0, 255) },
    ];
    const [green, broken, blue] = await service.handle(inputs, batch([{}, {}, {}]));
    const best = (result: unknown) => (Array.isArray(result) ? result[0] : result);
    const e = Math.E;
    assert.is(best(green).class, 'green');
    assert.ok(Math.abs(best(green).probability - e / (e + 2)) < 1e-5);
    assert.instance(broken, PredictionError);
    assert.is(best(blue).class, 'blue');
    await service.close?.();
  }));

test('image_classifier follows service.json', () => {
  const config = {
    image: { channels: 'BGR', mean: 0, scale: 255 },
    classes: { labels: 'mine.txt', top: 1, activation: 'none' },
  };
  const files = { 'm.onnx': encodeOnnx(COLOURS), 'mine.txt': 'b\ng\nr\n', 'service.json': JSON.stringify(config) };
  return withContext(files, async (context, batch) => {
    const service = await load('image_classifier', context);
    const [result] = await service.handle([{ body: await colour(0, 0, 255) }], batch([{}]));
    assert.equal(result, [{ probability: 1, class: 'b' }]);
    await service.close?.();
  });
});

test('a model in a folder whose name begins with two dots is inside the archive', () => {
  const files = { '..v2/m.onnx': encodeOnnx(COLOURS), 'service.json': '{"model":"..v2/m.onnx"}' };
  return withContext(files, async (context, batch) => {
    const service = await load('image_classifier', context);
    const [result] = await service.handle([{ body: await colour(255, 0, 0) }], batch([{}]));
    assert.ok(Array.isArray(result));
    assert.is(result[0].class, 'red');
    await service.close?.();
  });
});

test('a configuration that is wrong says where', async () => {
  const wrong = async (config: string, service = 'image_classifier'): Promise<string> =>
    withContext({ 'm.onnx': encodeOnnx(COLOURS), 'service.json': config }, (context) =>
      failure(load(service, context)),
    );
  assert.match(await wrong('{"image":{"men":1}}'), "/image/men is not known (did you mean 'mean'?)");
  assert.match(
    await wrong('{"boxes":{}}'),
    '/boxes is not used by image_classifier, which reads model, batch, image, classes',
  );
  assert.match(await wrong('{"classes":{"top":0}}'), '/classes/top must be >= 1');
  assert.match(await wrong('nonsense'), 'service.json cannot be read');
  assert.match(await wrong('{"classes":{"labels":"absent.txt"}}'), 'absent.txt of service.json is not in the archive');
  assert.match(await wrong('{"model":"../m.onnx"}'), 'lies outside of the archive');
  assert.match(await wrong('{"image":{"fit":"crop"}}', 'object_detector'), "must be 'letterbox' or 'stretch'");
});

test('image_classifier: a model that takes the pixels themselves, channels last', () => {
  const model = encodeOnnx({
    inputs: [{ name: 'image', type: 2, dims: ['n', 2, 2, 3] }],
    outputs: [{ name: 'scores', dims: ['n', 3] }],
    opsets: { '': 13 },
    nodes: [
      { op: 'Cast', inputs: ['image'], outputs: ['pixels'], attributes: [intAttribute('to', 1)] },
      {
        op: 'ReduceMean',
        inputs: ['pixels'],
        outputs: ['scores'],
        attributes: [ints('axes', 1, 2), intAttribute('keepdims', 0)],
      },
    ],
    metadata: { names: 'red,green,blue' },
  });
  const config = JSON.stringify({ classes: { activation: 'none' } });
  return withContext({ 'm.onnx': model, 'service.json': config }, async (context, batch) => {
    const service = await load('image_classifier', context);
    const inputs = [{ body: await colour(200, 100, 50) }, { body: await colour(1, 2, 3) }];
    const found = await service.handle(inputs, batch([{}, {}]));
    assert.equal(found, [
      [
        { probability: 200, class: 'red' },
        { probability: 100, class: 'green' },
        { probability: 50, class: 'blue' },
      ],
      [
        { probability: 3, class: 'blue' },
        { probability: 2, class: 'green' },
        { probability: 1, class: 'red' },
      ],
    ]);
    await service.close?.();
  });
});

test('image_classifier: half precision is read; what is no row of scores is an error, not an answer', async () => {
  const answer = (output: { type?: number; dims: number[]; raw: Buffer }, config: object = {}) => {
    const model = encodeOnnx({
      inputs: [{ name: 'x', dims: [1, 3, 4, 4] }],
      outputs: [{ name: 'y', dims: output.dims, ...(output.type !== undefined && { type: output.type }) }],
      nodes: [{ op: 'Identity', inputs: ['y_'], outputs: ['y'] }],
      initializers: [{ ...output, name: 'y_' }],
    });
    return withContext({ 'm.onnx': model, 'service.json': JSON.stringify(config) }, async (context, batch) => {
      const service = await load('image_classifier', context);
      const [result] = await service.handle([{ body: await colour(0, 0, 0) }], batch([{}]));
      await service.close?.();
      return result;
    });
  };
  const none = { classes: { activation: 'none' } };
  const half = Buffer.from(Uint16Array.from([0x3800, 0x3a00]).buffer);
  const best = [
    { probability: 0.75, class: '1' },
    { probability: 0.5, class: '0' },
  ];
  assert.equal(await answer({ type: FLOAT16, dims: [1, 2], raw: half }, none), best);
  assert.equal(await answer({ dims: [1, 2, 1, 1], raw: floats(0.5, 0.75) }, none), best);
  assert.match(
    await failure(answer({ dims: [1, 2, 2], raw: floats(1, 2, 3, 4) })),
    "'y' is float32[1,2,2], expected one row of scores",
  );
  for (const config of [{}, none, { classes: { activation: 'sigmoid' } }])
    assert.match(
      await failure(answer({ dims: [1, 2], raw: floats(1, Number.NaN) }, config)),
      "'y' holds the score NaN",
    );
  assert.match(await failure(answer({ dims: [1, 2], raw: floats(Infinity, 1) })), "'y' holds the score Infinity");
  const masked = await answer({ dims: [1, 2], raw: floats(-Infinity, 1) });
  assert.equal(masked, [
    { probability: 1, class: '1' },
    { probability: 0, class: '0' },
  ]);
  const whole = { type: INT64, dims: [1, 2], raw: Buffer.from(BigInt64Array.of(1n, 2n).buffer) };
  assert.match(await failure(answer(whole)), "'y' is not float; outputs: y int64[1,2]");
});

test('a model that takes no image is refused while loading', () =>
  withContext({ 'm.onnx': encodeOnnx() }, async (context) => {
    assert.match(
      await failure(load('image_classifier', context)),
      'float32[batch,4], expected float32, float16, uint8 with 4 axes',
    );
  }));

test.run();
