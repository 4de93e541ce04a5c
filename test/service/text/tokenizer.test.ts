import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Encoding,
  loadTokenizer,
  PredictionError,
  type Tokenizer,
  type TokenizerOptions,
} from '#service/index.js';
import { rejectsWith, thrown } from '../../support/rejects.js';
import { withContext } from '../context.js';

/** What Python's tokenizers make of texts, see test/recordings/service/text.py. */
interface Recorded {
  readonly files: Readonly<Record<string, object>>;
  readonly cases: readonly {
    readonly kind: string;
    readonly name: string;
    readonly truncation: object | null;
    readonly padding: object | null;
    readonly texts: readonly { readonly text: string; readonly encoding: Encoding | null }[];
    readonly pairs: readonly { readonly text: string; readonly pair: string; readonly encoding: Encoding | null }[];
    readonly batch: readonly Encoding[] | null;
  }[];
}

const { files, cases }: Recorded = JSON.parse(
  readFileSync(new URL('../../recordings/service/text.json', import.meta.url), 'utf8'),
);
const wordPiece = files['WordPiece, template'] ?? {};

function withTokenizer<T>(
  json: object,
  options: TokenizerOptions,
  use: (tokenizer: Tokenizer) => T | Promise<T>,
): Promise<T> {
  return withContext({ 'tokenizer.json': JSON.stringify(json) }, async (context) =>
    use(await loadTokenizer(context, 'tokenizer.json', options)),
  );
}

for (const { kind, name, truncation, padding, texts, pairs, batch } of cases) {
  test(`${kind}, ${name}: as Python's tokenizers`, () =>
    withTokenizer({ ...files[kind], truncation, padding }, {}, (tokenizer) => {
      for (const { encoding, ...input } of [...texts.map((one) => ({ ...one, pair: undefined })), ...pairs]) {
        const { text, pair } = input;
        const encode = (): Encoding | undefined => tokenizer.encode([pair === undefined ? text : { text, pair }])[0];
        if (encoding) assert.equal(encode(), encoding, JSON.stringify(input));
        else assert.throws(encode, (error: unknown) => error instanceof PredictionError && error.status === 400);
      }
      if (batch) assert.equal(tokenizer.encode(texts.slice(0, 4).map(({ text }) => text)), batch);
    }));
}

test('tensors are int64, of one length, for the inputs that a model has', () =>
  withTokenizer(wordPiece, {}, (tokenizer) => {
    const [long, short] = tokenizer.encode(['a good film', 'the']);
    const { input_ids, attention_mask, token_type_ids, ...others } = tokenizer.tensors(['a good film', 'the']);
    assert.equal(others, {});
    assert.is(input_ids?.type, 'int64');
    assert.equal(input_ids?.dims, [2, long?.ids.length]);
    assert.equal([...(input_ids?.data ?? [])].map(Number), [...(long?.ids ?? []), ...(short?.ids ?? [])]);
    assert.equal([...(attention_mask?.data ?? [])].map(Number), [...(long?.mask ?? []), ...(short?.mask ?? [])]);
    assert.is(short?.mask.at(-1), 0);
    assert.equal(token_type_ids?.dims, input_ids?.dims);
    assert.equal(Object.keys(tokenizer.tensors('a', [{ name: 'attention_mask' }])), ['attention_mask']);
    const error = thrown(() => tokenizer.tensors('a', [{ name: 'pixels' }]));
    assert.is(error.code, 'ERR_MODEL_INPUT');
    assert.is(tokenizer.decode(short?.ids ?? []), 'the');
  }));

test('options go before the file, and the file before defaults', async () => {
  const lengths = (json: object, options: TokenizerOptions) =>
    withTokenizer({ ...wordPiece, ...json }, options, (tokenizer) =>
      tokenizer.encode(['the dog the dog the dog', 'the']).map(({ ids }) => ids.length),
    );
  const truncation = { max_length: 6, strategy: 'LongestFirst', stride: 0, direction: 'Right' };
  assert.equal(await lengths({}, {}), [8, 8]);
  assert.equal(await lengths({ truncation }, {}), [6, 6]);
  assert.equal(await lengths({ truncation }, { maxLength: 5 }), [5, 5]);
  assert.equal(await lengths({ truncation }, { defaultMaxLength: 5 }), [6, 6]);
  assert.equal(await lengths({}, { defaultMaxLength: 5 }), [5, 5]);
  assert.equal(await lengths({}, { padding: 20 }), [20, 20]);
  assert.equal(await lengths({}, { maxLength: 5, padding: 'longest' }), [5, 5]);
});

test('a tokenizer that cannot be used says why', async () => {
  const why = async (json: object, options: TokenizerOptions = {}): Promise<string> =>
    (await rejectsWith('ERR_TOKENIZER', () => withTokenizer({ ...wordPiece, ...json }, options, () => undefined)))
      .message;
  assert.match(await why({}, { maxLength: 1 }), 'cut to 1 tokens, of which 2 are special ones');
  assert.match(await why({ truncation: { max_length: 4, strategy: 'Random' } }), 'truncation.strategy is "Random"');
  assert.match(await why({ padding: { strategy: 'Longest', pad_id: 0 } }), 'padding.strategy is "Longest"');
  assert.match(await why({ padding: { strategy: { Fixed: -2 }, pad_id: 0 } }), 'padding.strategy.Fixed is -2');
  assert.match(await why({ post_processor: { type: 'Other' } }), /"Other"|: Other/);
  const { model } = JSON.parse(JSON.stringify(wordPiece));
  model.vocab = Object.fromEntries(Object.entries(model.vocab).filter(([token]) => token !== '[PAD]'));
  const json = { ...wordPiece, model, added_tokens: [] };
  await withTokenizer(json, {}, (tokenizer) => {
    assert.is(tokenizer.encode(['the']).length, 1);
    assert.match(thrown(() => tokenizer.encode(['the', 'the dog'])).message, 'names no token to fill them up with');
  });
});

test.run();
