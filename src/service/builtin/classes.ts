import { MarError } from '#errors/mar-error.js';
import { describe, numbersOf } from '../numeric/axis.js';
import { sigmoid, softmax } from '../numeric/softmax.js';
import { type ClassProbability, topK } from '../numeric/top-k.js';
import type { Tensors } from '../tensor.js';
import type { ClassesConfig } from './config.js';

const HAVE_SCORES: ReadonlySet<string> = new Set(['float32', 'float16', 'float64']);

/**
 * The best classes of one row of a model's scores, after the configured activation. `ERR_MODEL_OUTPUT` for an output that is not float, that
 * has more than one row, or whose scores are not numbers (NaN, infinities).
 */
export function bestClasses(outputs: Tensors, labels: readonly string[], config: ClassesConfig): ClassProbability[] {
  const name = config.output ?? Object.keys(outputs)[0] ?? '';
  const output = outputs[name];
  if (!output || !HAVE_SCORES.has(output.type)) {
    const found = Object.entries(outputs).map(([key, tensor]) => `${key} ${describe(tensor)}`);
    throw new MarError(`The model's output '${name}' is not float; outputs: ${found.join(', ')}.`, {
      code: 'ERR_MODEL_OUTPUT',
      hint: 'Name the output with the scores in service.json: classes.output.',
    });
  }
  if (output.dims.filter((extent) => extent !== 1).length > 1) {
    throw new MarError(
      `The model's output '${name}' is ${describe(output)}, expected one row of scores, as [1,classes].`,
      {
        code: 'ERR_MODEL_OUTPUT',
        hint: 'Name the output with the scores in service.json (classes.output), or take the service tensor.',
      },
    );
  }
  const scores = numbersOf(output);
  const probabilities = activate(scores, config.activation ?? 'softmax');
  const wrong = Array.from(probabilities).findIndex((one) => !Number.isFinite(one));
  if (wrong !== -1) {
    const score =
      Array.from(scores).find((one) => Number.isNaN(one) || one === Number.POSITIVE_INFINITY) ?? scores[wrong];
    throw new MarError(`The model's output '${name}' holds the score ${score}, expected finite numbers.`, {
      code: 'ERR_MODEL_OUTPUT',
      hint: 'Compare the image settings (mean, scale) with the training; a model in float16 may overflow.',
    });
  }
  return topK(probabilities, labels, config.top ?? 5);
}

function activate(scores: ArrayLike<number>, activation: NonNullable<ClassesConfig['activation']>): ArrayLike<number> {
  if (activation === 'none') return scores;
  return activation === 'softmax' ? softmax(scores) : sigmoid(scores);
}
