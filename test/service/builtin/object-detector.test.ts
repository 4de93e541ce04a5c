import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { guessFormat, imageDefaults } from '#service/builtin/detector-family.js';
import { encodeOnnx, type NodeSpec } from '../../models/onnx/encode-onnx.js';
import { withContext } from '../context.js';
import { colour, FLOAT16, failure, floats, INT64, load } from './loaded.js';

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

test('object_detector: half precision is read as numbers, not as bits', () => {
  const half = (...values: readonly number[]): Buffer => Buffer.from(Uint16Array.from(values).buffer);
  const model = detector([
    // 2, 3, 8, 9 and 0.5, 0.75
    { name: 'boxes', dims: [1, 1, 4], type: FLOAT16, raw: half(0x4000, 0x4200, 0x4800, 0x4880) },
    { name: 'scores', dims: [1, 1, 2], type: FLOAT16, raw: half(0x3800, 0x3a00) },
  ]);
  return withContext({ 'm.onnx': model }, async (context, batch) => {
    const service = await load('object_detector', context);
    const [found] = await service.handle([{ body: await colour(0, 0, 0, 10, 10) }], batch([{}]));
    assert.equal(found, [{ label: '1', score: 0.75, box: [2, 3, 8, 9] }]);
    await service.close?.();
  });
});

test('object_detector: scores and coordinates that are not numbers are an error, not an empty answer', async () => {
  const column = (row: number, value: number) =>
    failure(
      boxesOf({
        dims: [1, 6, 8],
        raw: floats(...Array.from({ length: 48 }, (_, at) => (at === row * 8 ? value : at === 32 ? 0.9 : 2))),
      }),
    );
  assert.match(await column(5, Number.NaN), 'expected finite scores: that of box 0 is NaN');
  assert.match(await column(4, Number.POSITIVE_INFINITY), 'expected finite scores: that of box 0 is Infinity');
  assert.match(await column(2, Number.NaN), 'expected coordinates that are numbers: those of box 0 are 2, 2, NaN, 2');
  assert.is(await column(5, Number.NEGATIVE_INFINITY), 'no error');
  assert.is(await column(2, Number.POSITIVE_INFINITY), 'no error');
});

test('object_detector: boxes in parts of the input, unless the configuration says pixels', async () => {
  const boxes = (...corners: number[]) => [
    { name: 'boxes', dims: [1, 2, 4], raw: floats(...corners) },
    { name: 'scores', dims: [1, 3, 2], raw: floats(0, 0.9, 0.8, 0, 0, 0) },
  ];
  const found = (outputs: Parameters<typeof detector>[0], config: object) =>
    withContext({ 'm.onnx': detector(outputs), 'service.json': JSON.stringify(config) }, async (context, batch) => {
      const service = await load('object_detector', context);
      const answer = await service.handle([{ body: await colour(0, 0, 0, 10, 10) }], batch([{}]));
      await service.close?.();
      return (await answer[0]) as { label: string; box: number[] }[];
    });
  const parts = boxes(0.5, 0.5, 1, 1, 0, 0, 0.5, 0.5);
  assert.match(
    await failure(found(parts, {}).then((answer) => Promise.reject(answer))),
    'All boxes lie within 0 to 1, as 0.5, 0.5, 1, 1, expected pixels of an input of 10 x 10.',
  );
  // A row of scores for each class.
  const right = [
    ['0', [0, 0, 5, 5]],
    ['1', [5, 5, 10, 10]],
  ];
  const read = (answer: { label: string; box: number[] }[]) => answer.map(({ label, box }) => [label, box]);
  assert.equal(read(await found(parts, { boxes: { normalized: true } })), right);
  assert.equal(read(await found(boxes(5, 5, 10, 10, 0, 0, 5, 5), {})), right);
  assert.equal(read(await found(parts, { boxes: { normalized: false } })).length, 2);
  const fewer = [
    ...boxes(5, 5, 10, 10, 0, 0, 5, 5).slice(0, 1),
    { name: 'scores', dims: [1, 3], raw: floats(1, 1, 1) },
  ];
  assert.match(
    await failure(found(fewer, {}).then((answer) => Promise.reject(answer))),
    'expected as many scores as boxes, which are 2',
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

test('object_detector: rows of corners, score and class number in parts of the input are an error, unless they are said to be', async () => {
  const rows = [0.5, 0.5, 1, 1, 0.9, 1, ...Array.from({ length: 36 }, () => 0)];
  const found = (config: object) =>
    withContext(
      {
        'm.onnx': detector([{ name: 'y', dims: [1, 7, 6], raw: floats(...rows) }]),
        'service.json': JSON.stringify(config),
      },
      async (context, batch) => {
        const service = await load('object_detector', context);
        const answer = await service.handle([{ body: await colour(0, 0, 0, 10, 10) }], batch([{}]));
        await service.close?.();
        return (await answer[0]) as { label: string; box: number[] }[];
      },
    );
  assert.match(await failure(found({}).then((answer) => Promise.reject(answer))), 'All boxes lie within 0 to 1');
  const [box] = await found({ boxes: { normalized: true } });
  assert.equal([box?.label, box?.box], ['1', [5, 5, 10, 10]]);
});

test.run();
