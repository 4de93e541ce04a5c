import type { Context } from '../context.js';
import type { Inputs } from '../inputs.js';
import type { ClassProbability } from '../numeric/top-k.js';
import { PredictionError } from '../prediction-error.js';
import type { Tensors } from '../tensor.js';
import { loadTokenizer, type Tokenizer } from '../text/tokenizer.js';
import { BuiltinService } from './builtin-service.js';
import { bestClasses } from './classes.js';
import { findLabels } from './labels.js';
import { textOf } from './text-request.js';

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

  protected preprocess(inputs: Inputs, context: Context, index: number): Tensors {
    const tensors = this.#tokenizer?.tensors(textOf(inputs, context, index), this.session.inputs) ?? {};
    if (Object.values(tensors).some(({ dims }) => dims.includes(0)))
      throw new PredictionError('the input is a text without tokens, expected one at least', 400);
    return tensors;
  }

  protected postprocess(outputs: Tensors): ClassProbability[] {
    return bestClasses(outputs, this.#labels, this.config.classes ?? {});
  }
}
