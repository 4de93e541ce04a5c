import type { Context } from '../context.js';
import { type Inputs, type InputValue, type Json, mainInput } from '../inputs.js';
import type { ClassProbability } from '../numeric/top-k.js';
import { PredictionError } from '../prediction-error.js';
import type { Tensors } from '../tensor.js';
import { loadTokenizer, type TextInput, type Tokenizer } from '../text/tokenizer.js';
import { BuiltinService } from './builtin-service.js';
import { bestClasses } from './classes.js';
import { findLabels } from './labels.js';

/** Tokens of a text at most, where neither service.json nor the tokenizer says. */
const MAX_LENGTH = 512;

/**
 * `text_classifier`: a text in (as text, a JSON string, or JSON `{"text": …, "text_pair": …}`), the best classes out. The archive holds
 * the model's `tokenizer.json`; the model has the usual inputs `input_ids`, `attention_mask` and `token_type_ids`, or some of them.
 */
export class TextClassifier extends BuiltinService {
  protected readonly name = 'text_classifier';
  #labels: readonly string[] = [];
  #tokenizer: Tokenizer | undefined;

  override async initialize(context: Context): Promise<void> {
    await super.initialize(context);
    this.#labels = await findLabels(context, this.config.classes ?? {}, this.metadata);
    const { tokenizer, maxLength } = this.config.text ?? {};
    this.#tokenizer = await loadTokenizer(context, tokenizer, { maxLength, defaultMaxLength: MAX_LENGTH });
  }

  protected preprocess(inputs: Inputs): Tensors {
    return this.#tokenizer?.tensors(textOf(inputs), this.session.inputs) ?? {};
  }

  protected postprocess(outputs: Tensors): ClassProbability[] {
    return bestClasses(outputs, this.#labels, this.config.classes ?? {});
  }
}

/** The text of a request, with the other one of a pair if there is one. */
function textOf(inputs: Inputs): TextInput {
  const input = inputs['text'] ?? mainInput(inputs);
  const members = isObject(input) ? input : inputs;
  const text = textual(isObject(input) ? input['text'] : input);
  const pair = textual(members['text_pair']);
  if (text === undefined) {
    throw new PredictionError('the request has no text: send it as text/plain, or as JSON {"text": "…"}', 400);
  }
  return pair === undefined ? text : { text, pair };
}

function textual(value: InputValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) && value.length > 0 ? value.toString('utf8') : undefined;
}

function isObject(input: InputValue | undefined): input is { [key: string]: Json } {
  return typeof input === 'object' && input !== null && !Array.isArray(input) && !Buffer.isBuffer(input);
}
