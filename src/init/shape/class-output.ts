import type { OnnxModel } from '#models/onnx/model.js';
import { origins } from './trace.js';

/** The only output with one number for each class: its name, how many classes, and whether softmax is in the model. */
export interface ClassOutput {
  readonly name: string;
  readonly classes: number | undefined;
  readonly isProbability: boolean;
}

const MEANS_CLASSES = /logit|prob|class|softmax|score|categor|label|pred/i;
const MEANS_FEATURES = /embed|feat|repr|pool|vector|descriptor|encod|latent|hidden|norm|fc1$/i;
/** What ends a model that describes its input and does not sort it into classes. */
const ENDS_FEATURES = new Set(
  'LpNormalization BatchNormalization LayerNormalization ReduceMean ReduceSum ReduceMax ReduceL2 GlobalAveragePool AveragePool Tanh Div Relu Clip com.microsoft:SkipLayerNormalization'.split(
    ' ',
  ),
);

/**
 * The classes of a model that has them: one output `[batch, classes]`, one row for each row of the input. `named` is how many
 * classes are named, if any are. Undefined for what describes its input in numbers (an embedding) or gives one number.
 */
export function classOutput(model: OnnxModel, named?: number): ClassOutput | undefined {
  const [output, ...others] = model.outputs;
  if (!output || others.length > 0 || !['float32', 'float16'].includes(output.type) || output.dims?.length !== 2)
    return undefined;
  const [rows, last] = output.dims;
  const [batch] = model.inputs[0]?.dims ?? [];
  // An output that does not follow the input's batch counts something else, as the steps of a text.
  if (rows !== batch && rows !== 1 && rows !== null && batch !== null) return undefined;
  const classes = typeof last === 'number' ? last : undefined;
  const made = origins(model, output.name).operators.map(({ operator }) => operator);
  const isProbability = made.includes('Softmax');
  const found = { name: output.name, classes, isProbability };
  if (isProbability || made.includes('LogSoftmax') || (classes !== undefined && classes === named)) return found;
  if (MEANS_FEATURES.test(output.name) || made.some((operator) => ENDS_FEATURES.has(operator))) return undefined;
  if (MEANS_CLASSES.test(output.name)) return classes === 1 ? undefined : found;
  // Nothing says what it is: widths of embeddings are round to a processor, numbers of classes seldom are.
  return classes === undefined || classes < 2 || classes % 32 === 0 ? undefined : found;
}
