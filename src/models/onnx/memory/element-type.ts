import { type OnnxNode, typeName } from '../model.js';

const BOOL =
  /^(Equal|Greater|GreaterOrEqual|Less|LessOrEqual|And|Or|Xor|Not|IsNaN|IsInf|OptionalHasElement|RegexFullMatch)$/;
const INT64 = /^(Shape|Size|NonZero|ArgMax|ArgMin|NonMaxSuppression|SequenceLength)$/;
const INT32 = /^(ConvInteger|MatMulInteger|com\.microsoft:MulInteger)$/;

/** Operators whose result has the type of another input than the first. */
const LIKE: Readonly<Record<string, number>> = {
  Where: 1,
  OneHot: 2,
  DequantizeLinear: 1,
  QLinearConv: 7,
  QLinearMatMul: 7,
  CastLike: 1,
  'com.microsoft:DequantizeLinear': 1,
};

/** The element types of a node's outputs, from those of its inputs (`unknown` where the file does not tell). */
export function elementTypes(node: OnnxNode, inputs: readonly string[]): string[] {
  const { operator, attributes, outputs } = node;
  const all = (type: string): string[] => outputs.map(() => type);
  const stated = attributes['to'] ?? attributes['output_dtype'] ?? attributes['dtype'];
  if (stated?.ints[0]) return all(typeName(stated.ints[0]));
  if (BOOL.test(operator)) return all('bool');
  if (INT64.test(operator)) return all('int64');
  if (INT32.test(operator)) return all('int32');
  if (operator === 'Constant' || operator === 'ConstantOfShape') return all(constantType(node));
  if (operator === 'QuantizeLinear' || operator === 'com.microsoft:QuantizeLinear') return all(inputs[2] ?? 'uint8');
  if (operator === 'DynamicQuantizeLinear') return ['uint8', 'float32', 'uint8'];
  const first = inputs[LIKE[operator] ?? 0] ?? 'float32';
  const second: Readonly<Record<string, string>> = {
    TopK: 'int64',
    Dropout: 'bool',
    MaxPool: 'int64',
    Unique: 'int64',
  };
  const others = second[operator];
  return outputs.map((_, index) => (index > 0 && others !== undefined ? others : first));
}

function constantType({ attributes }: OnnxNode): string {
  const tensor = attributes['value']?.tensor;
  if (tensor) return tensor.type;
  if (attributes['value_int'] || attributes['value_ints']) return 'int64';
  return attributes['value_string'] || attributes['value_strings'] ? 'string' : 'float32';
}
