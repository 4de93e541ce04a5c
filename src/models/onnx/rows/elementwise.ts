import type { Operation, OperatorRule } from './operation.js';
import { broadcast, rowsAxis } from './value.js';

/** The first input as it is, where all others are the same for every request: activations, rounding, casts. */
export const alike: OperatorRule = (operation) =>
  operation.isFixedFrom(1) && operation.inputs[0] ? { dims: operation.inputs[0].dims } : undefined;

/** All inputs, element by element. */
export const together: OperatorRule = ({ inputs }) => broadcast(inputs.flatMap((value) => (value ? [value] : [])));

/** Two inputs of several, element by element, where the others are the same for every request. */
export function pair(first: number, second: number): OperatorRule {
  return (operation) => {
    const others = operation.inputs
      .map((_value, index) => index)
      .filter((index) => index !== first && index !== second);
    const values = [operation.inputs[first], operation.inputs[second]].flatMap((value) => (value ? [value] : []));
    return operation.isFixed(...others) ? broadcast(values) : undefined;
  };
}

const dropout: OperatorRule = (operation) => {
  const [value, , training] = operation.inputs;
  if (!value || (training && operation.numbers(2)?.[0] !== 0)) return undefined;
  return [{ dims: value.dims }, { dims: value.dims }];
};

/** One scale for all, or one for each slice of an axis that is not that of the rows. */
const quantize: OperatorRule = (operation) => {
  const [value, scale] = operation.inputs;
  if (!value || !operation.isFixedFrom(1)) return undefined;
  const isOne = scale?.dims?.every((extent) => extent === 1) ?? false;
  return isOne || apart(operation, operation.axis(1)) ? { dims: value.dims } : undefined;
};

/** True when the axis is known and does not hold the rows. */
export function apart(operation: Operation, axis: number | undefined): axis is number {
  return axis !== undefined && axis !== operation.rows();
}

/** Softmax and its kin: along one axis, before opset 13 over all axes from that one on. */
const along: OperatorRule = (operation) => {
  const [value] = operation.inputs;
  const isOld = operation.opset < 13;
  const axis = operation.axis(isOld ? 1 : -1);
  const rows = value && rowsAxis(value);
  if (!value || axis === undefined || rows === axis || (isOld && rows !== undefined && rows > axis)) return undefined;
  return { dims: value.dims };
};

/** LayerNormalization: over all axes from `axis` on. */
const fromAxis: OperatorRule = (operation) => {
  const [value] = operation.inputs;
  const axis = operation.axis(-1);
  const rows = operation.rows();
  if (!value || axis === undefined || !operation.isFixedFrom(1)) return undefined;
  return rows === undefined || rows < axis ? { dims: value.dims } : undefined;
};

const skipNormalization: OperatorRule = (operation) => {
  const [value, skip] = operation.inputs;
  const rest = operation.inputs.map((_value, index) => index).slice(2);
  if (!value || !skip || !operation.isFixed(...rest)) return undefined;
  const sum = broadcast([value, skip]);
  return sum && rowsAxis(sum) === (sum.dims?.length ?? 0) - 1 ? undefined : sum;
};

const sameAxes = (names: string, rule: OperatorRule): [string, OperatorRule][] =>
  names.split(/\s+/).map((name) => [name, rule]);

/** Operators whose result has the axes of what goes in. */
export const ELEMENTWISE: Readonly<Record<string, OperatorRule>> = Object.fromEntries([
  ...sameAxes(
    `Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Cast Ceil Celu Clip Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid
    HardSwish Identity IsInf IsNaN LeakyRelu Log Mish Neg Not Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh
    Softplus Softsign Sqrt Swish Tan Tanh ThresholdedRelu ai.onnx.ml:LabelEncoder ai.onnx.ml:CategoryMapper
    com.microsoft:Gelu com.microsoft:FastGelu com.microsoft:QuickGelu com.microsoft:BiasGelu com.microsoft:QLinearSigmoid
    com.microsoft:QLinearLeakyRelu`,
    alike,
  ),
  ...sameAxes(
    `Add And BitShift BitwiseAnd BitwiseOr BitwiseXor Div Equal Greater GreaterOrEqual Less LessOrEqual Max Mean Min Mod
    Mul Or PRelu Pow Sub Sum Where Xor`,
    together,
  ),
  ...sameAxes('Softmax LogSoftmax Hardmax', along),
  ...sameAxes('LayerNormalization RMSNormalization SimplifiedLayerNormalization', fromAxis),
  ...sameAxes('QuantizeLinear DequantizeLinear com.microsoft:QuantizeLinear com.microsoft:DequantizeLinear', quantize),
  ...sameAxes('com.microsoft:QLinearAdd com.microsoft:QLinearMul', pair(0, 3)),
  ...sameAxes('com.microsoft:SkipLayerNormalization com.microsoft:SkipSimplifiedLayerNormalization', skipNormalization),
  ['Dropout', dropout],
]);
