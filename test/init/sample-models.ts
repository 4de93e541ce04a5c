import { bytes, encodeOnnx, type ModelSpec, msg, num } from '../models/onnx/encode-onnx.js';

const INT64 = 7;

/** Any model: one Relu over `[batch,4]`. */
export const anyModel = encodeOnnx();

/** An image classifier of three classes whose probabilities do not depend on the image. */
const CLASSIFIER: ModelSpec = {
  inputs: [{ name: 'image', dims: [1, 3, 32, 32] }],
  outputs: [{ name: 'probabilities', dims: [1, 3] }],
  nodes: [
    { op: 'GlobalAveragePool', inputs: ['image'], outputs: ['pooled'] },
    { op: 'Flatten', inputs: ['pooled'], outputs: ['flat'] },
    { op: 'Softmax', inputs: ['flat'], outputs: ['probabilities'] },
  ],
};

export const classifier = encodeOnnx(CLASSIFIER);

/** The same with names of its classes inside. */
export const namedClassifier = (names: string): Buffer => encodeOnnx({ ...CLASSIFIER, metadata: { names } });

const floats = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer);
const longs = (...values: number[]) => Buffer.from(BigInt64Array.from(values, BigInt).buffer);

/** A detector that finds the same three boxes on every image: two of label 1 that overlap, and one below any threshold. */
export const detector = encodeOnnx({
  inputs: [{ name: 'image', dims: [1, 3, 32, 32] }],
  outputs: [
    { name: 'boxes', dims: [1, 3, 4] },
    { name: 'scores', dims: [1, 3] },
    { name: 'labels', type: INT64, dims: [1, 3] },
  ],
  nodes: ['boxes', 'scores', 'labels'].map((name) => ({ op: 'Identity', inputs: [`${name}_0`], outputs: [name] })),
  initializers: [
    { name: 'boxes_0', dims: [1, 3, 4], raw: floats(0, 0, 10, 10, 1, 1, 10, 10, 20, 20, 30, 30) },
    { name: 'scores_0', dims: [1, 3], raw: floats(0.75, 0.9375, 0.25) },
    { name: 'labels_0', type: INT64, dims: [1, 3], raw: longs(1, 1, 0) },
  ],
});

const castToFloat = msg(5, bytes(1, 'to'), num(3, 1), num(20, 2)).subarray(2);

/** A language model by its inputs: the logits are the token ids themselves, so the largest id names the class. */
export const textModel = encodeOnnx({
  inputs: [
    { name: 'input_ids', type: INT64, dims: ['batch', 'sequence'] },
    { name: 'attention_mask', type: INT64, dims: ['batch', 'sequence'] },
  ],
  outputs: [{ name: 'logits', dims: ['batch', 'sequence'] }],
  nodes: [
    { op: 'Mul', inputs: ['input_ids', 'attention_mask'], outputs: ['masked'] },
    { op: 'Cast', inputs: ['masked'], outputs: ['logits'], attributes: [castToFloat] },
  ],
});

/** A tokenizer of one token a word: `the` 1, `film` 2, everything else 0. */
export const tokenizer = JSON.stringify({
  version: '1.0',
  added_tokens: [],
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: null,
  decoder: null,
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: { '[UNK]': 0, the: 1, film: 2 },
  },
});

const ints = (name: string, ...values: number[]): Buffer =>
  Buffer.concat([bytes(1, name), ...values.map((value) => num(8, value)), num(20, 7)]);
const int = (name: string, value: number): Buffer => Buffer.concat([bytes(1, name), num(3, value), num(20, 2)]);
/** Small weights that differ from each other. */
const weights = (count: number): Buffer =>
  floats(...Array.from({ length: count }, (_, at) => ((at * 7) % 11) / 50 - 0.1));

/** A recurrent model in PyTorch's layout: the first axis is the sequence, two states go round. */
export const lstm = encodeOnnx({
  inputs: [
    { name: 'x', dims: ['sequence', 1, 2] },
    { name: 'h0', dims: [1, 1, 1] },
    { name: 'c0', dims: [1, 1, 1] },
  ],
  outputs: [
    { name: 'y', dims: ['sequence', 1, 1, 1] },
    { name: 'hn', dims: [1, 1, 1] },
    { name: 'cn', dims: [1, 1, 1] },
  ],
  nodes: [
    {
      op: 'LSTM',
      inputs: ['x', 'w', 'r', '', '', 'h0', 'c0'],
      outputs: ['y', 'hn', 'cn'],
      attributes: [int('hidden_size', 1)],
    },
  ],
  initializers: [
    { name: 'w', dims: [1, 4, 2], raw: weights(8) },
    { name: 'r', dims: [1, 4, 1], raw: weights(4) },
  ],
});

/** An audio model as silero-vad: windows of 512 samples, a state, and the sample rate as a scalar that must be 16000. */
export const voice = encodeOnnx({
  inputs: [
    { name: 'input', dims: [null, null] },
    { name: 'state', dims: [2, null, 4] },
    { name: 'sr', type: INT64, dims: [] },
  ],
  outputs: [
    { name: 'output', dims: [null, 1] },
    { name: 'stateN', dims: [2, null, 4] },
  ],
  nodes: [
    { op: 'Equal', inputs: ['sr', 'rate'], outputs: ['is_rate'] },
    { op: 'Cast', inputs: ['is_rate'], outputs: ['one'], attributes: [int('to', INT64)] },
    { op: 'Mul', inputs: ['one', 'window'], outputs: ['length'] },
    { op: 'Concat', inputs: ['any', 'length'], outputs: ['shape'], attributes: [int('axis', 0)] },
    { op: 'Reshape', inputs: ['input', 'shape'], outputs: ['windows'] },
    { op: 'MatMul', inputs: ['windows', 'w'], outputs: ['output'] },
    { op: 'Identity', inputs: ['state'], outputs: ['stateN'] },
  ],
  initializers: [
    { name: 'rate', type: INT64, dims: [1], raw: longs(16000) },
    { name: 'window', type: INT64, dims: [1], raw: longs(512) },
    { name: 'any', type: INT64, dims: [1], raw: longs(-1) },
    { name: 'w', dims: [512, 1], raw: weights(512) },
  ],
});

interface Described {
  /** Name of the output. */
  readonly output: string;
  readonly width: number;
  /** The operator that ends the graph behind the last layer. */
  readonly end?: string;
  readonly type?: number;
}

/** An image goes in, and one row of numbers comes out: classes, or an embedding. */
export function imageRows({ output, width, end, type = 1 }: Described): Buffer {
  const isByte = type === 2;
  const last = end === undefined ? output : 'row';
  return encodeOnnx({
    inputs: [{ name: 'image', type, dims: isByte ? [1, 16, 16, 3] : [1, 3, 16, 16] }],
    outputs: [{ name: output, type: isByte ? 1 : type, dims: [1, width] }],
    nodes: [
      { op: 'Cast', inputs: ['image'], outputs: ['floats'], attributes: [int('to', isByte ? 1 : type)] },
      {
        op: 'Transpose',
        inputs: ['floats'],
        outputs: ['planes'],
        attributes: [ints('perm', 0, ...(isByte ? [3, 1, 2] : [1, 2, 3]))],
      },
      { op: 'GlobalAveragePool', inputs: ['planes'], outputs: ['pooled'] },
      { op: 'Flatten', inputs: ['pooled'], outputs: ['flat'] },
      { op: 'Gemm', inputs: ['flat', 'w'], outputs: [last] },
      ...(end === undefined ? [] : [{ op: end, inputs: ['row'], outputs: [output] }]),
    ],
    initializers: [
      {
        name: 'w',
        type: isByte ? 1 : type,
        dims: [3, width],
        raw: type === 10 ? Buffer.alloc(6 * width, Buffer.from([0, 0x30, 0, 0x34])) : weights(3 * width),
      },
    ],
  });
}

/** Boxes of an image of 32 by 32 from grids of 8, 16 and 32: 21 rows of 5 + `classes`, in pixels or as offsets from their cells. */
export function gridDetector(classes: number, isDecoded: boolean, decoder: 'Mul' | 'Exp' = 'Mul'): Buffer {
  const width = 5 + classes;
  const grids = [8, 16, 32];
  return encodeOnnx({
    inputs: [{ name: 'images', dims: [1, 3, 32, 32] }],
    outputs: [{ name: 'output', dims: [1, 21, width] }],
    nodes: [
      ...grids.flatMap((stride) => [
        {
          op: 'Conv',
          inputs: ['images', `w${stride}`],
          outputs: [`c${stride}`],
          attributes: [ints('strides', stride, stride)],
        },
        { op: 'Reshape', inputs: [`c${stride}`, 'shape'], outputs: [`r${stride}`] },
      ]),
      {
        op: 'Concat',
        inputs: grids.map((stride) => `r${stride}`),
        outputs: ['all'],
        attributes: [int('axis', 2)],
      },
      {
        op: isDecoded ? decoder : 'Identity',
        inputs: isDecoded && decoder === 'Mul' ? ['all', 'scale'] : ['all'],
        outputs: ['boxes'],
      },
      { op: 'Transpose', inputs: ['boxes'], outputs: ['output'], attributes: [ints('perm', 0, 2, 1)] },
    ],
    initializers: [
      ...grids.map((stride) => ({
        name: `w${stride}`,
        dims: [width, 3, stride, stride],
        raw: weights(width * 3 * stride * stride),
      })),
      { name: 'shape', type: INT64, dims: [3], raw: longs(1, width, -1) },
      { name: 'scale', dims: [1], raw: floats(8) },
    ],
  });
}

/**
 * A detector that chooses its boxes itself, as YOLOv10: eight rows of corners, score and class number, best first, on every image. The best
 * two have the numbers 1 and 0; the others are weak.
 */
export const chosenBoxes = encodeOnnx({
  inputs: [{ name: 'images', dims: [1, 3, 32, 32] }],
  outputs: [{ name: 'output0', dims: [1, 8, 6] }],
  nodes: [
    { op: 'TopK', inputs: ['scores', 'eight'], outputs: ['best', 'index'] },
    { op: 'Mod', inputs: ['index', 'two'], outputs: ['number'] },
    { op: 'Cast', inputs: ['number'], outputs: ['float_number'], attributes: [int('to', 1)] },
    { op: 'Reshape', inputs: ['float_number', 'column'], outputs: ['label'] },
    { op: 'Reshape', inputs: ['best', 'column'], outputs: ['score'] },
    { op: 'Concat', inputs: ['boxes', 'score', 'label'], outputs: ['output0'], attributes: [int('axis', 2)] },
  ],
  initializers: [
    { name: 'scores', dims: [1, 9], raw: floats(0.75, 0.9375, 0.25, 0, 0, 0, 0, 0, 0) },
    {
      name: 'boxes',
      dims: [1, 8, 4],
      raw: floats(2, 2, 10, 10, 16, 16, 30, 30, ...Array.from({ length: 24 }, (_, at) => (at % 4 < 2 ? 0 : 8))),
    },
    { name: 'eight', type: INT64, dims: [1], raw: longs(8) },
    { name: 'two', type: INT64, dims: [1], raw: longs(2) },
    { name: 'column', type: INT64, dims: [3], raw: longs(1, 8, 1) },
  ],
});

/** One output of three axes: `[1, rows, columns]` of an image, whatever it means. */
export function imageSequence(rows: number, columns: number): Buffer {
  return encodeOnnx({
    inputs: [{ name: 'image', dims: [1, 3, 32, 32] }],
    outputs: [{ name: 'output', dims: [1, rows, columns] }],
    nodes: [
      { op: 'GlobalAveragePool', inputs: ['image'], outputs: ['pooled'] },
      { op: 'Reshape', inputs: ['pooled', 'flat'], outputs: ['row'] },
      { op: 'MatMul', inputs: ['row', 'w'], outputs: ['all'] },
      { op: 'Reshape', inputs: ['all', 'shape'], outputs: ['output'] },
    ],
    initializers: [
      { name: 'flat', type: INT64, dims: [2], raw: longs(1, 3) },
      { name: 'shape', type: INT64, dims: [3], raw: longs(1, rows, columns) },
      { name: 'w', dims: [3, rows * columns], raw: weights(3 * rows * columns) },
    ],
  });
}

/** A sentence embedder: its row of numbers is the mean over the tokens. */
export const embedder = encodeOnnx({
  inputs: [
    { name: 'input_ids', type: INT64, dims: ['batch', 'sequence'] },
    { name: 'attention_mask', type: INT64, dims: ['batch', 'sequence'] },
  ],
  outputs: [{ name: 'sentence_embedding', dims: ['batch', 8] }],
  nodes: [
    { op: 'Gather', inputs: ['table', 'input_ids'], outputs: ['tokens'] },
    {
      op: 'ReduceMean',
      inputs: ['tokens'],
      outputs: ['sentence_embedding'],
      attributes: [ints('axes', 1), int('keepdims', 0)],
    },
  ],
  initializers: [{ name: 'table', dims: [10, 8], raw: weights(80) }],
});

/** An output that no binding passes. */
export const sequenceOutput = encodeOnnx({
  inputs: [{ name: 'x', dims: [4] }],
  outputs: [{ name: 'parts', kind: 'sequence' }],
  nodes: [{ op: 'SequenceConstruct', inputs: ['x'], outputs: ['parts'] }],
});

/** Answers the same input differently each time. */
export const random = encodeOnnx({
  nodes: [
    { op: 'RandomNormalLike', inputs: ['input'], outputs: ['noise'] },
    { op: 'Add', inputs: ['input', 'noise'], outputs: ['output'] },
  ],
});
