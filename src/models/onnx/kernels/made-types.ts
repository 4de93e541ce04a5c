import { ELEMENT_TYPES, type OnnxAttribute, type OnnxNode } from '../model.js';

/** The attribute that says the type of what a node makes, by its operator; before opset 13 not all have it. */
const SAID_BY: Readonly<Record<string, string>> = {
  BitCast: 'to',
  Cast: 'to',
  Bernoulli: 'dtype',
  EyeLike: 'dtype',
  Multinomial: 'dtype',
  RandomNormal: 'dtype',
  RandomNormalLike: 'dtype',
  RandomUniform: 'dtype',
  RandomUniformLike: 'dtype',
  BlackmanWindow: 'output_datatype',
  HammingWindow: 'output_datatype',
  HannWindow: 'output_datatype',
  MelWeightMatrix: 'output_datatype',
  DequantizeLinear: 'output_dtype',
  QuantizeLinear: 'output_dtype',
};

/** What is made where that attribute is not there; `like`: what the first input is. */
const OTHERWISE: Readonly<Record<string, string>> = {
  Bernoulli: 'like',
  EyeLike: 'like',
  RandomNormalLike: 'like',
  RandomUniformLike: 'like',
  Multinomial: 'int32',
  RandomNormal: 'float32',
  RandomUniform: 'float32',
  BlackmanWindow: 'float32',
  HammingWindow: 'float32',
  HannWindow: 'float32',
  MelWeightMatrix: 'float32',
};

/**
 * The type of a node's first output where an attribute or the operator says it, and not a type variable that it shares with an input. `inputs`
 * are the types of its inputs. Undefined where it follows from the variables, or is not known.
 */
export function saidType(
  { operator, attributes }: OnnxNode,
  inputs: readonly (string | undefined)[],
): string | undefined {
  if (operator === 'Constant') return constantType(attributes);
  if (operator === 'ConstantOfShape')
    return attributes['value'] === undefined ? 'float32' : attributes['value'].tensor?.type;
  if (/^ai\.onnx\.ml:(Linear|SVM|TreeEnsemble)Classifier$/.test(operator)) return labelType(attributes);
  if (operator === 'ai.onnx.ml:LabelEncoder') return encodedType(attributes, inputs[0]);
  const name = Object.hasOwn(SAID_BY, operator) ? SAID_BY[operator] : undefined;
  if (name === undefined) return undefined;
  const said = attributes[name];
  // An attribute without a number stands for one of the function that the node is in.
  if (said) return said.ints[0] ? ELEMENT_TYPES[said.ints[0]] : undefined;
  if (operator === 'QuantizeLinear' && inputs[2] === undefined) return inputs.length > 2 ? undefined : 'uint8';
  const otherwise = OTHERWISE[operator];
  return otherwise === 'like' ? inputs[0] : otherwise;
}

/** Labels are texts where there are texts among the attributes. */
function labelType({ classlabels_strings }: Readonly<Record<string, OnnxAttribute>>): string | undefined {
  if (!classlabels_strings) return 'int64';
  return classlabels_strings.strings.length > 0 || classlabels_strings.isCut ? 'string' : undefined;
}

function encodedType(
  attributes: Readonly<Record<string, OnnxAttribute>>,
  input: string | undefined,
): string | undefined {
  if (attributes['classes_strings']) return input && (input === 'string' ? 'int64' : 'string');
  if (attributes['values_strings']) return 'string';
  if (attributes['values_int64s']) return 'int64';
  return attributes['values_floats'] ? 'float32' : attributes['values_tensor']?.tensor?.type;
}

function constantType(attributes: Readonly<Record<string, OnnxAttribute>>): string | undefined {
  const { value, value_int, value_ints, value_float, value_floats, value_string, value_strings } = attributes;
  if (value_int ?? value_ints) return 'int64';
  if (value_float ?? value_floats) return 'float32';
  return (value_string ?? value_strings) ? 'string' : value?.tensor?.type;
}
