import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tokenizer } from '@huggingface/tokenizers';
import { TOKENIZER_FILE } from '#conventions/builtin-services.js';
import { MarError, messageOf } from '#errors/mar-error.js';
import { inside } from '#inside.js';
import type { Context } from '../context.js';
import { type Inputs, type InputValue, type Json, mainInput } from '../inputs.js';
import { PredictionError } from '../prediction-error.js';
import type { TensorLike, Tensors } from '../tensor.js';
import type { ClassProbability } from '../top-k.js';
import { BuiltinService } from './builtin-service.js';
import { bestClasses } from './classes.js';
import { findLabels } from './labels.js';

const MAX_LENGTH = 512;

/**
 * `text_classifier`: a text in (as text, or JSON `{"text": …}` or a JSON string), the best classes out. The archive holds the
 * model's `tokenizer.json`; the model has the usual inputs `input_ids`, `attention_mask` and `token_type_ids`, or some of them.
 */
export class TextClassifier extends BuiltinService {
  protected readonly name = 'text_classifier';
  #labels: readonly string[] = [];
  #tokenizer: Tokenizer | undefined;

  override async initialize(context: Context): Promise<void> {
    await super.initialize(context);
    this.#labels = await findLabels(context, this.config.classes ?? {}, this.metadata);
    this.#tokenizer = await loadTokenizer(context, this.config.text?.tokenizer ?? TOKENIZER_FILE);
  }

  protected preprocess(inputs: Inputs): Tensors {
    const encoded = this.#tokenizer?.encode(textOf(inputs), { return_token_type_ids: true });
    if (!encoded) return {};
    if (encoded.ids.some((id: unknown) => !Number.isInteger(id))) {
      throw new PredictionError('the text holds words that the tokenizer does not know', 400);
    }
    const limit = this.config.text?.maxLength ?? MAX_LENGTH;
    const known: Readonly<Record<string, readonly number[]>> = {
      input_ids: cut(encoded.ids, limit),
      attention_mask: cut(encoded.attention_mask, limit),
      // Tokenizers without a post-processor give none.
      token_type_ids: cut(encoded.token_type_ids ?? encoded.ids.map(() => 0), limit),
    };
    const tensors: Record<string, TensorLike> = {};
    for (const { name } of this.session.inputs) {
      const ids = known[name];
      if (!ids) {
        throw new MarError(`The model's input '${name}' is none of ${Object.keys(known).join(', ')}.`, {
          code: 'ERR_MODEL_INPUT',
        });
      }
      tensors[name] = { type: 'int64', data: BigInt64Array.from(ids, BigInt), dims: [1, ids.length] };
    }
    return tensors;
  }

  protected postprocess(outputs: Tensors): ClassProbability[] {
    return bestClasses(outputs, this.#labels, this.config.classes ?? {});
  }
}

/** A text longer than the model takes loses its end; the closing special token stays. */
function cut(ids: readonly number[], limit: number): readonly number[] {
  return ids.length <= limit ? ids : [...ids.slice(0, limit - 1), ids.at(-1) ?? 0];
}

function textOf(inputs: Inputs): string {
  const input = inputs['text'] ?? mainInput(inputs);
  if (typeof input === 'string') return input;
  if (Buffer.isBuffer(input) && input.length > 0) return input.toString('utf8');
  const member = isObject(input) ? input['text'] : undefined;
  if (typeof member === 'string') return member;
  throw new PredictionError('the request has no text: send it as text/plain, or as JSON {"text": "…"}', 400);
}

function isObject(input: InputValue | undefined): input is { [key: string]: Json } {
  return typeof input === 'object' && input !== null && !Array.isArray(input) && !Buffer.isBuffer(input);
}

async function loadTokenizer(context: Context, file: string): Promise<Tokenizer> {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const directory = context.modelDir;
  try {
    const path = inside(directory, file);
    if (!path) throw new Error('it lies outside of the archive');
    const json: object = JSON.parse(await readFile(join(directory, path), 'utf8'));
    return new Tokenizer(json, {});
  } catch (cause) {
    throw new MarError(`The tokenizer ${file} cannot be loaded: ${messageOf(cause)}`, {
      code: 'ERR_TOKENIZER',
      cause,
    });
  }
}
