import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { guessFormat, imageDefaults } from '#service/builtin/detector-family.js';
import { builtinService } from '#service/builtin/index.js';
import { type Context, type ModelService, PredictionError } from '#service/index.js';
import { ints } from '../models/onnx/attributes.js';
import { bytes, encodeOnnx, type ModelSpec, msg, type NodeSpec, num } from '../models/onnx/encode-onnx.js';
import { withContext } from './context.js';

const INT64 = 7;
const intAttribute = (name: string, value: number): Buffer =>
  msg(0, bytes(1, name), num(3, value), num(20, 2)).subarray(2);
const intsAttribute = (name: string, value: number): Buffer =>
  msg(0, bytes(1, name), num(8, value), num(20, 7)).subarray(2);
const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);

async function load(name: string, context: Context): Promise<ModelService> {
  const service = await builtinService(name);
  if (!service) throw new Error(`no service ${name}`);
  await service.initialize?.(context);
  return service;
}

async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: unknown) => String(error),
  );
}

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

const colour = (r: number, g: number, b: number, width = 8, height = 8): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
    .png()
    .toBuffer();

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

test('a model that takes no image is refused while loading', () =>
  withContext({ 'm.onnx': encodeOnnx() }, async (context) => {
    assert.match(
      await failure(load('image_classifier', context)),
      'float32[batch,4], expected float32, float16, uint8 with 4 axes',
    );
  }));

/** A detector that finds the same whatever it sees. */
function detector(outputs: { name: string; dims: number[]; raw: Buffer; type?: number }[]): Buffer {
  const nodes: NodeSpec[] = outputs.map(({ name }) => ({ op: 'Identity', inputs: [`${name}_`], outputs: [name] }));
  return encodeOnnx({
    inputs: [{ name: 'images', dims: [1, 3, 10, 10] }],
    outputs: outputs.map(({ name, dims, type }) => ({ name, dims, ...(type !== undefined && { type }) })),
    nodes,
    initializers: outputs.map(({ name, ...tensor }) => ({ ...tensor, name: `${name}_` })),
  });
}

test('object_detector: separate outputs, overlaps of one class suppressed, pixels of the sent image', () => {
  const model = detector([
    { name: 'boxes', dims: [1, 4, 4], raw: floats(0, 0, 5, 5, 0, 0, 5, 4.9, 0, 0, 5, 5, 5, 5, 10, 10) },
    { name: 'scores', dims: [1, 4], raw: floats(0.8, 0.9, 0.7, 0.4) },
    { name: 'labels', dims: [1, 4], type: INT64, raw: Buffer.from(BigInt64Array.from([0n, 0n, 1n, 1n]).buffer) },
  ]);
  return withContext({ 'm.onnx': model, 'labels.txt': 'cat\ndog' }, async (context, batch) => {
    const service = await load('object_detector', context);
    const [found] = await service.handle([{ body: await colour(0, 0, 0, 20, 40) }], batch([{}]));
    const rounded = JSON.parse(JSON.stringify(found), (_, value) =>
      typeof value === 'number' ? Math.round(value * 10) / 10 : value,
    );
    assert.equal(rounded, [
      { label: 'cat', score: 0.9, box: [0, 0, 10, 19.6] },
      { label: 'dog', score: 0.7, box: [0, 0, 10, 20] },
    ]);
    await service.close?.();
  });
});

test('object_detector: every image of a batch has the boxes of its own size', () => {
  const model = detector([
    { name: 'boxes', dims: [1, 1, 4], raw: floats(0, 0, 10, 10) },
    { name: 'scores', dims: [1, 1], raw: floats(0.9) },
  ]);
  return withContext({ 'm.onnx': model }, async (context, batch) => {
    const service = await load('object_detector', context);
    const sizes = Array.from({ length: 12 }, (_, index) => [20 + index, 90 - index] as const);
    const inputs = await Promise.all(
      sizes.map(async ([width, height]) => ({ body: await colour(0, 0, 0, width, height) })),
    );
    const found = await service.handle(inputs, batch(inputs.map(() => ({}))));
    const boxes = found.map((result) => (Array.isArray(result) ? result[0].box.slice(2).map(Math.round) : result));
    assert.equal(boxes, sizes);
    await service.close?.();
  });
});

test('object_detector: one output in columns or in rows, by its shape', async () => {
  const columns = [5, 8, 5, 8, 2, 2, 2, 2, 0.9, 0.2, 0.1, 0.6, 0, 0, 0, 0];
  const padded = [...columns.slice(0, 2), 0, 0, 0, 0, 0, 0, ...columns.slice(2, 4), 0, 0, 0, 0, 0, 0];
  const table = [
    padded,
    [2, 2, 0, 0, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0],
    [0.9, 0.2, 0, 0, 0, 0, 0, 0],
    [0.1, 0.6, 0, 0, 0, 0, 0, 0],
  ];
  const inColumns = detector([{ name: 'output0', dims: [1, 6, 8], raw: floats(...table.flat()) }]);
  const inRows = detector([
    {
      name: 'output0',
      dims: [1, 8, 7],
      raw: floats(5, 5, 2, 2, 1, 0.9, 0.1, 8, 8, 2, 2, 0.9, 0.2, 0.7, ...Array(42).fill(0)),
    },
  ]);
  for (const model of [inColumns, inRows]) {
    await withContext({ 'm.onnx': model }, async (context, batch) => {
      const service = await load('object_detector', context);
      const [found] = await service.handle([{ body: await colour(0, 0, 0, 10, 10) }], batch([{}]));
      const boxes = Array.isArray(found) ? found.map(({ label, box }) => [label, box.map(Math.round)]) : found;
      assert.equal(boxes, [
        ['0', [4, 4, 6, 6]],
        ['1', [7, 7, 9, 9]],
      ]);
      await service.close?.();
    });
  }
});

/** What the service finds in an image of 80 x 40 with a model that answers the same whatever it sees. */
async function boxesOf(
  output: { dims: number[]; raw: Buffer },
  options: { config?: object; dims?: number[]; type?: number; operator?: string } = {},
): Promise<unknown> {
  const { dims = [1, 3, 32, 32], type = 1, operator = 'Identity' } = options;
  const model = encodeOnnx({
    inputs: [{ name: 'images', type, dims }],
    outputs: [{ name: 'output', dims: output.dims }],
    nodes: [{ op: operator, inputs: ['output_'], outputs: ['output'] }],
    initializers: [{ name: 'output_', ...output }],
  });
  const files = { 'm.onnx': model, ...(options.config && { 'service.json': JSON.stringify(options.config) }) };
  return withContext(files, async (context, batch) => {
    const service = await load('object_detector', context);
    const [found] = await service.handle([{ body: await colour(0, 0, 0, 80, 40) }], batch([{}]));
    await service.close?.();
    if (!Array.isArray(found)) return found;
    return found.map(({ label, score, box }) => [
      label,
      Number(score.toFixed(3)),
      box.map((x: number) => Math.round(x)),
    ]);
  });
}

/** 21 cells of an input of 32 pixels (strides 8, 16, 32), all but these rows empty. */
function grid(rows: Readonly<Record<number, readonly number[]>>): { dims: number[]; raw: Buffer } {
  const all = Array.from({ length: 21 }, (_, at) => rows[at] ?? [0, 0, 0, 0, 0, 0, 0]);
  return { dims: [1, 21, 7], raw: floats(...all.flat()) };
}

test('object_detector: undecoded YOLOX, letterboxed at the top left', async () => {
  // Cell 5 is x 1, y 1 of the grid of 8 pixels; cell 17 is x 1, y 0 of that of 16.
  const rows = grid({
    5: [0.5, 0.5, 0, Math.log(0.5), 0.8, 0.1, 1],
    17: [0, 0.25, Math.log(0.5), Math.log(0.25), 1, 0.9, 0],
  });
  assert.equal(await boxesOf(rows), [
    ['0', 0.9, [30, 5, 50, 15]],
    ['1', 0.8, [20, 25, 40, 35]],
  ]);
  assert.equal(await boxesOf(rows, { type: 2, dims: [1, 32, 32, 3] }), [
    ['0', 0.9, [30, 5, 50, 15]],
    ['1', 0.8, [20, 25, 40, 35]],
  ]);
});

test('object_detector: one output of boxes with class numbers; letterboxed in the middle', async () => {
  const rest = Array<number>(30).fill(0);
  const output = { dims: [1, 7, 6], raw: floats(0, 8, 32, 24, 0.9, 3, 8, 12, 16, 16, 0.6, 1, ...rest) };
  assert.equal(await boxesOf(output), [
    ['3', 0.9, [0, 0, 80, 40]],
    ['1', 0.6, [20, 10, 40, 20]],
  ]);
  const stretched = { config: { image: { fit: 'stretch' } } };
  assert.equal(await boxesOf(output, stretched), [
    ['3', 0.9, [0, 10, 80, 30]],
    ['1', 0.6, [20, 15, 40, 20]],
  ]);
  const fraction = { dims: [1, 6, 6], raw: floats(0, 8, 32, 24, 0.9, 0.5, ...rest) };
  assert.match(await failure(boxesOf(fraction)), 'expected a class number as the sixth value, found 0.5');
});

test('object_detector: what cannot be boxes in the format is an error, not an answer', async () => {
  const rows = grid({ 5: [0.5, 0.5, 0, -0.5, 0.8, 0.1, 1] });
  const decoded = { operator: 'Exp' };
  assert.match(
    await failure(boxesOf(grid({ 5: [0.5, 0.5, 1, -0.5, 0.8, 0.1, 1] }), { config: { boxes: { format: 'rows' } } })),
    'expected boxes by centre, width and height: box 5 is 1 wide and -0.5 high',
  );
  // Exp decodes: every value is at least 1, all scores too.
  assert.not.equal(await boxesOf(rows, decoded), await boxesOf(rows));
  const config = { boxes: { format: 'grid', strides: [8, 16] } };
  assert.match(
    await failure(boxesOf(rows, { config })),
    'one row for each of 20 cells, of strides 8, 16 in an input of 32 x 32',
  );
  const other = { dims: [1, 4, 7], raw: floats(...Array(28).fill(0)) };
  assert.match(await failure(boxesOf(other, { config: { boxes: { format: 'grid' } } })), 'the cells of known strides');
  assert.match(
    await failure(boxesOf({ dims: [1, 4, 4], raw: floats(...Array(16).fill(0)) })),
    'more than 5 values for each box',
  );
});

test('the kind of a detector says how the image is brought in', () => {
  const input = { width: 640, height: 640 };
  const kind = (outputs: readonly (readonly unknown[])[], ...operators: string[]) => {
    const detector = { outputs, input, operators: Object.fromEntries(operators.map((name) => [name, 1])) };
    const format = guessFormat(detector);
    return [format, imageDefaults(format, detector)];
  };
  const yolo = { fit: 'letterbox', anchor: 'centre', kernel: 'linear', range: '0..1' };
  const yolox = { fit: 'letterbox', anchor: 'top-left', kernel: 'linear', channels: 'BGR', range: '0..255' };
  assert.equal(kind([[1, 8400, 85]], 'Conv'), ['grid', yolox]);
  assert.equal(kind([[1, 8500, 85]], 'Conv'), ['grid', yolox], 'with a fourth grid of 10 x 10');
  assert.equal(kind([[1, 8400, 85]], 'Conv', 'Exp'), ['rows', yolox]);
  assert.equal(kind([[1, 8400, 85]], 'Conv', 'Sub'), ['rows', yolo]);
  assert.equal(kind([[1, 25200, 85]], 'Conv', 'Pow'), ['rows', yolo]);
  assert.equal(kind([[1, 25200, 6]], 'Conv', 'Pow'), ['rows', yolo]);
  assert.equal(kind([[1, 84, 8400]]), ['columns', yolo]);
  assert.equal(kind([[1, 300, 6]]), ['detections', yolo]);
  assert.equal(kind([['n', 'boxes', 'values']]), [undefined, yolo]);
  assert.equal(kind([['n', 'boxes', 85]]), ['rows', yolo]);
  assert.equal(kind([['n', 'boxes', 6]]), ['detections', yolo]);
  assert.equal(kind([['n', 84, 'boxes']]), ['columns', yolo]);
  assert.equal(
    kind([
      [1, 100, 4],
      [1, 100],
    ]),
    ['separate', { fit: 'stretch', range: '0..1' }],
  );
  assert.is(guessFormat({ outputs: [[1, 8400, 85]], input, operators: undefined }), 'rows');
});

const TOKENIZER = JSON.stringify({
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: null,
  decoder: null,
  model: { type: 'WordLevel', vocab: { '[UNK]': 0, good: 1, bad: 2 }, unk_token: '[UNK]' },
});

/** The mean of the token ids, and its negative. */
const MEAN_OF_IDS: ModelSpec = {
  inputs: ['input_ids', 'attention_mask'].map((name) => ({ name, type: INT64, dims: ['n', 'length'] })),
  outputs: [{ name: 'logits', dims: ['n', 2] }],
  nodes: [
    { op: 'Mul', inputs: ['input_ids', 'attention_mask'], outputs: ['kept'] },
    { op: 'Cast', inputs: ['kept'], outputs: ['floats'], attributes: [intAttribute('to', 1)] },
    {
      op: 'ReduceMean',
      inputs: ['floats'],
      outputs: ['mean'],
      attributes: [intsAttribute('axes', 1), intAttribute('keepdims', 1)],
    },
    { op: 'Neg', inputs: ['mean'], outputs: ['negative'] },
    { op: 'Concat', inputs: ['mean', 'negative'], outputs: ['logits'], attributes: [intAttribute('axis', 1)] },
  ],
};

test('text_classifier: text in every form, cut to the length, labelled', () => {
  const config = JSON.stringify({ text: { maxLength: 2 }, classes: { labels: ['up', 'down'], activation: 'none' } });
  const files = { 'm.onnx': encodeOnnx(MEAN_OF_IDS), 'tokenizer.json': TOKENIZER, 'service.json': config };
  return withContext(files, async (context, batch) => {
    const service = await load('text_classifier', context);
    const inputs = [
      { body: 'GOOD good' },
      { body: { text: 'bad' } },
      { body: Buffer.from('bad good good bad') },
      { body: [1] },
    ];
    const results = await service.handle(inputs, batch(inputs.map(() => ({}))));
    assert.equal(results.slice(0, 3), [
      [
        { probability: 1, class: 'up' },
        { probability: -1, class: 'down' },
      ],
      [
        { probability: 2, class: 'up' },
        { probability: -2, class: 'down' },
      ],
      [
        { probability: 1.5, class: 'up' },
        { probability: -1.5, class: 'down' },
      ],
    ]);
    assert.match(String(results[3]), "the input 'text' is a list, expected a text");
    await service.close?.();
  });
});

test("text_classifier: pairs, and the tokenizer's own truncation and padding", () => {
  const config = JSON.stringify({ classes: { labels: ['up', 'down'], activation: 'none', top: 1 } });
  const truncation = { direction: 'Right', max_length: 3, strategy: 'OnlySecond', stride: 0 };
  const padding = {
    strategy: { Fixed: 4 },
    direction: 'Right',
    pad_to_multiple_of: null,
    pad_id: 0,
    pad_type_id: 0,
    pad_token: '[UNK]',
  };
  const tokenizer = JSON.stringify({ ...JSON.parse(TOKENIZER), truncation, padding });
  const files = { 'm.onnx': encodeOnnx(MEAN_OF_IDS), 'tokenizer.json': tokenizer, 'service.json': config };
  return withContext(files, async (context, batch) => {
    const service = await load('text_classifier', context);
    const inputs = [
      { body: { text: 'good', text_pair: 'bad bad bad bad' } },
      { text: Buffer.from('bad'), text_pair: Buffer.from('bad') },
      { body: { text: 'good good good good' } },
    ];
    const results = await service.handle(inputs, batch(inputs.map(() => ({}))));
    // One, two and two, and one of filling; two and two, and two of filling.
    assert.equal(results.slice(0, 2), [[{ probability: 1.25, class: 'up' }], [{ probability: 1, class: 'up' }]]);
    assert.instance(results[2], PredictionError);
    assert.match(
      String(results[2]),
      'the second text alone may be cut, and the request is too long by 1, at most 3 tokens',
    );
    await service.close?.();
  });
});

test('text_classifier without a tokenizer says what it needs', () =>
  withContext({ 'm.onnx': encodeOnnx(MEAN_OF_IDS) }, async (context) => {
    assert.match(await failure(load('text_classifier', context)), 'The tokenizer tokenizer.json cannot be loaded');
  }));

test('tensor: JSON by name, a lone list, bytes; JSON or bytes out', () =>
  withContext({ 'm.onnx': encodeOnnx() }, async (context, batch) => {
    const service = await load('tensor', context);
    const inputs = [
      { body: { input: [[-1, 2, 3, 4]] } },
      {
        body: [
          [1, -2, 3, 4],
          [5, 6, 7, -8],
        ],
      },
      { body: floats(1, 2, -3, 4) },
      { input: floats(9, 9, 9, -9), other: 'form field' },
    ];
    const headers = [{}, {}, { headers: [['Accept', 'application/octet-stream']] as const }, {}];
    const requests = batch(headers);
    const [named, lone, binary, unknown] = await service.handle(inputs, requests);
    assert.equal(named, { output: [[0, 2, 3, 4]] });
    assert.equal(lone, {
      output: [
        [1, 0, 3, 4],
        [5, 6, 7, 0],
      ],
    });
    assert.equal(binary, floats(1, 2, 0, 4));
    assert.equal(requests.responseFacts(2)?.headers, [
      ['content-type', 'application/octet-stream'],
      ['x-tensor-shape', '1,4'],
    ]);
    assert.match(String(unknown), "the model has no input 'other'; the model takes input: float32[batch,4]");
    await service.close?.();
  }));

test('other names are no built-in services', async () => {
  assert.is(await builtinService('service:handle'), undefined);
  assert.is(await builtinService('constructor'), undefined);
});

test.run();
