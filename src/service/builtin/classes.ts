import { MarError } from '#errors/mar-error.js';
import { softmax } from '../numeric/softmax.js';
import { type ClassProbability, topK } from '../numeric/top-k.js';
import type { Tensors } from '../tensor.js';
import type { ClassesConfig } from './config.js';

/** The best classes of a model's scores, after the configured activation. */
export function bestClasses(outputs: Tensors, labels: readonly string[], config: ClassesConfig): ClassProbability[] {
  const name = config.output ?? Object.keys(outputs)[0] ?? '';
  const scores = outputs[name]?.data;
  if (!(scores instanceof Float32Array)) {
    throw new MarError(`The model's output '${name}' is not float32; outputs: ${Object.keys(outputs).join(', ')}.`, {
      code: 'ERR_MODEL_OUTPUT',
      hint: 'Name the output with the scores in service.json: classes.output.',
    });
  }
  return topK(activate(scores, config.activation ?? 'softmax'), labels, config.top ?? 5);
}

function activate(scores: Float32Array, activation: NonNullable<ClassesConfig['activation']>): Float32Array {
  if (activation === 'none') return scores;
  return activation === 'softmax' ? softmax(scores) : scores.map((score) => 1 / (1 + Math.exp(-score)));
}
