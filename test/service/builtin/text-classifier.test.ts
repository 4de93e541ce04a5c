import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PredictionError } from '#service/index.js';
import { bytes, encodeOnnx, type ModelSpec, msg, num } from '../../models/onnx/encode-onnx.js';
import { withContext } from '../context.js';
import { failure, INT64, intAttribute, load } from './loaded.js';

const intsAttribute = (name: string, value: number): Buffer =>
  msg(0, bytes(1, name), num(8, value), num(20, 7)).subarray(2);

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

test.run();
