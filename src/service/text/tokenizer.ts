import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tokenizer as Splitter } from '@huggingface/tokenizers';
import { TOKENIZER_FILE } from '#conventions/builtin-services.js';
import { MarError, messageOf } from '#errors/mar-error.js';
import { inside } from '#inside.js';
import type { Context } from '../context.js';
import { PredictionError } from '../prediction-error.js';
import type { TensorLike, Tensors } from '../tensor.js';
import { assemble, type Encoding, fillUp } from './encoding.js';
import { type Padding, readTokenizerFile, type TokenizerFile, type Truncation } from './tokenizer-file.js';

/** What is said about a tokenizer beside its file. */
export interface TokenizerOptions {
  /** Tokens at most, special ones included; default: `truncation` of the file, without it no limit. */
  readonly maxLength?: number | undefined;
  /** `maxLength` where neither it nor the file says; default: no limit. */
  readonly defaultMaxLength?: number;
  /** A length to fill up to, or the `longest` of the texts that are encoded together; default: `padding` of the file, else `longest`. */
  readonly padding?: number | 'longest';
}

/** A text, or a pair of texts: a question and its context, a premise and its hypothesis. */
export type TextInput = string | { readonly text: string; readonly pair: string };

/** Names that vocabularies have for filling. */
const PAD_TOKENS = ['[PAD]', '<pad>', '<|pad|>', '<PAD>'];

/** A model's tokenizer, from its `tokenizer.json`. See {@link loadTokenizer}. */
export class Tokenizer {
  readonly #splitter: Splitter;
  readonly #file: TokenizerFile;
  readonly #truncation: Truncation | undefined;
  readonly #options: TokenizerOptions;

  /** @internal */
  constructor(splitter: Splitter, file: TokenizerFile, options: TokenizerOptions) {
    this.#splitter = splitter;
    this.#file = file;
    this.#options = options;
    const maxLength = options.maxLength ?? file.truncation?.maxLength ?? options.defaultMaxLength;
    const rules = file.truncation ?? { strategy: 'LongestFirst', direction: 'Right' };
    this.#truncation = maxLength === undefined ? undefined : { ...rules, maxLength };
  }

  /** Texts, or pairs, in tokens, all of one length: the shorter ones are filled up. */
  encode(texts: readonly TextInput[]): Encoding[] {
    const encodings = texts.map((input) => {
      const { text, pair } = typeof input === 'string' ? { text: input, pair: undefined } : input;
      const tokens = this.#tokens(text);
      return assemble(
        pair === undefined ? [tokens] : [tokens, this.#tokens(pair)],
        this.#file.template,
        this.#truncation,
      );
    });
    const padding = this.#padding();
    if (padding) return fillUp(encodings, padding);
    if (new Set(encodings.map(({ ids }) => ids.length)).size <= 1) return encodings;
    throw new MarError('The texts are of different lengths, and tokenizer.json names no token to fill them up with.', {
      code: 'ERR_TOKENIZER',
      hint: 'Give it a padding, or encode one text at a time.',
    });
  }

  /**
   * The inputs of a model, int64 `[texts, tokens]`: `input_ids`, `attention_mask` and `token_type_ids`, or those of them that are among
   * `inputs` (`session.inputs`). An input that is none of these is `ERR_MODEL_INPUT`.
   */
  tensors(texts: TextInput | readonly TextInput[], inputs?: readonly { readonly name: string }[]): Tensors {
    const encodings = this.encode(isList(texts) ? texts : [texts]);
    const known: Readonly<Record<string, keyof Encoding>> = {
      input_ids: 'ids',
      attention_mask: 'mask',
      token_type_ids: 'typeIds',
    };
    const names = inputs?.map(({ name }) => name) ?? Object.keys(known);
    const tensors = names.map((name): [string, TensorLike] => {
      const key = Object.hasOwn(known, name) ? known[name] : undefined;
      if (key) return [name, rows(encodings.map((encoding) => encoding[key]))];
      throw new MarError(`The model's input '${name}' is none of ${Object.keys(known).join(', ')}.`, {
        code: 'ERR_MODEL_INPUT',
      });
    });
    return Object.fromEntries(tensors);
  }

  /** The text of tokens, special ones left out. */
  decode(ids: readonly (number | bigint)[]): string {
    return ids.length === 0 ? '' : this.#splitter.decode(ids.map(Number), { skip_special_tokens: true });
  }

  #tokens(text: string): number[] {
    const { model } = this.#splitter;
    const tokens: readonly string[] = this.#splitter.tokenize(text, { add_special_tokens: false });
    return tokens.map((token) => {
      const id = this.#splitter.token_to_id(token) ?? model?.unk_token_id;
      if (id !== undefined) return id;
      throw new PredictionError('the text holds words that the tokenizer does not know', 400);
    });
  }

  #padding(): Padding | undefined {
    const { padding: length } = this.#options;
    if (this.#file.padding) return { ...this.#file.padding, ...(length !== undefined && { length }) };
    const id = PAD_TOKENS.map((token) => this.#splitter.token_to_id(token)).find((found) => found !== undefined);
    return id === undefined
      ? undefined
      : { length: length ?? 'longest', direction: 'Right', multipleOf: 1, id, typeId: 0 };
  }
}

/**
 * The tokenizer of a model, from the archive's `tokenizer.json` (Hugging Face), its truncation and padding honoured; `stride` makes no
 * further pieces of a long text. A file that cannot be used is `ERR_TOKENIZER`.
 */
export async function loadTokenizer(
  context: Context,
  file: string = TOKENIZER_FILE,
  options: TokenizerOptions = {},
): Promise<Tokenizer> {
  const { Tokenizer: SplitterClass } = await import('@huggingface/tokenizers');
  const directory = context.modelDir;
  try {
    const path = inside(directory, file);
    if (!path) throw new Error('it lies outside of the archive');
    const json: object = JSON.parse(await readFile(join(directory, path), 'utf8'));
    const known = readTokenizerFile(json);
    const tokenizer = new Tokenizer(new SplitterClass(json, {}), known, options);
    tokenizer.encode(['']);
    return tokenizer;
  } catch (cause) {
    throw new MarError(`The tokenizer ${file} cannot be loaded: ${messageOf(cause)}`, {
      code: 'ERR_TOKENIZER',
      cause,
    });
  }
}

function isList(texts: TextInput | readonly TextInput[]): texts is readonly TextInput[] {
  return Array.isArray(texts);
}

function rows(lists: readonly (readonly number[])[]): TensorLike {
  const length = lists[0]?.length ?? 0;
  return { type: 'int64', data: BigInt64Array.from(lists.flat(), BigInt), dims: [lists.length, length] };
}
