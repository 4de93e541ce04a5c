import { bytes, encodeOnnx, msg, num } from '../models/onnx/encode-onnx.js';

const INT64 = 7;

/** Any model: one Relu over `[batch,4]`. */
export const anyModel = encodeOnnx();

/** An image classifier of three classes whose probabilities do not depend on the image. */
export const classifier = encodeOnnx({
  inputs: [{ name: 'image', dims: [1, 3, 32, 32] }],
  outputs: [{ name: 'probabilities', dims: [1, 3] }],
  nodes: [
    { op: 'GlobalAveragePool', inputs: ['image'], outputs: ['pooled'] },
    { op: 'Flatten', inputs: ['pooled'], outputs: ['flat'] },
    { op: 'Softmax', inputs: ['flat'], outputs: ['probabilities'] },
  ],
});

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
