import type { OnnxAttribute } from '../onnx/model.js';
import type { MxnetNode } from './symbol.js';

/** What an MXNet node is in ONNX: one operator with its attributes, and which of the node's inputs it takes. */
export interface OnnxTwin {
  readonly operator: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** Whole numbers that ONNX takes as a further input, such as a shape. */
  readonly numbers?: readonly number[];
  /** A second operator after the first: the activation of a layer, the product after flattening. */
  readonly next?: OnnxTwin;
  /** Inputs in the order of ONNX; as they are without it. The first operator takes only `first` of them where there is a second. */
  readonly order?: readonly number[];
  readonly first?: number;
}

type Make = (node: MxnetNode) => OnnxTwin | undefined;

const attribute = (over: Partial<OnnxAttribute>): OnnxAttribute => ({
  ints: [],
  floats: [],
  strings: [],
  isCut: false,
  ...over,
});
const ints = (...values: number[]): OnnxAttribute => attribute({ ints: values });

/** Whole numbers of `(3, 3)` or `2`. */
function numbers(text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined;
  const found = text.match(/-?\d+/g)?.map(Number);
  return /^[[(\s\d,\-\])]*$/.test(text) ? (found ?? []) : undefined;
}

const truth = (text: string | undefined): boolean => /^(true|1)$/i.test(text ?? '');

/** The attributes that windows over pictures have in common. */
function windowed({ attributes }: MxnetNode): Record<string, OnnxAttribute> | undefined {
  const kernel = numbers(attributes['kernel']);
  if (!kernel) return undefined;
  const each = (key: string, otherwise: number): number[] => {
    const found = numbers(attributes[key]);
    return found?.length ? found : kernel.map(() => otherwise);
  };
  const pads = each('pad', 0);
  return {
    kernel_shape: ints(...kernel),
    strides: ints(...each('stride', 1)),
    dilations: ints(...each('dilate', 1)),
    pads: ints(...pads, ...pads),
    group: ints(Number(attributes['num_group'] ?? 1)),
  };
}

const convolution =
  (operator: string): Make =>
  (node) => {
    const attributes = windowed(node);
    const added = numbers(node.attributes['adj']);
    return attributes && { operator, attributes: { ...attributes, ...(added && { output_padding: ints(...added) }) } };
  };

const pooling: Make = (node) => {
  const kind = { max: 'MaxPool', avg: 'AveragePool' }[node.attributes['pool_type'] ?? 'max'];
  if (kind === undefined) return undefined;
  if (truth(node.attributes['global_pool'])) return { operator: `Global${kind}` };
  const attributes = windowed(node);
  const isFull = node.attributes['pooling_convention'] === 'full';
  return attributes && { operator: kind, attributes: { ...attributes, ...(isFull && { ceil_mode: ints(1) }) } };
};

const ACTIVATIONS: Readonly<Record<string, string>> = {
  relu: 'Relu',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  softrelu: 'Softplus',
  softsign: 'Softsign',
  leaky: 'LeakyRelu',
  elu: 'Elu',
  selu: 'Selu',
  prelu: 'PRelu',
  gelu: 'Gelu',
};

const activation: Make = ({ attributes }) => {
  const operator = ACTIVATIONS[attributes['act_type'] ?? 'leaky'];
  return operator === undefined ? undefined : { operator };
};

const dense: Make = ({ attributes }) => {
  const product: OnnxTwin = { operator: 'Gemm', attributes: { transB: ints(1) } };
  return attributes['flatten'] === 'False'
    ? { operator: 'MatMul', order: [0, 1] }
    : { operator: 'Flatten', first: 1, next: product };
};

/** Codes of MXNet's reshape below -1 copy or merge axes in ways of which ONNX knows none. */
const reshape: Make = ({ attributes }) => {
  const wanted = numbers(attributes['shape']);
  return wanted?.every((extent) => extent >= -1) && !truth(attributes['reverse'])
    ? { operator: 'Reshape', numbers: wanted }
    : undefined;
};

const along =
  (operator: string, key: string, otherwise: number): Make =>
  ({ attributes }) => ({ operator, attributes: { axis: ints(Number(attributes[key] ?? otherwise)) } });

const reduced =
  (operator: string): Make =>
  ({ attributes }) => {
    const axes = numbers(attributes['axis']) ?? [];
    return {
      operator,
      attributes: {
        keepdims: ints(truth(attributes['keepdims']) ? 1 : 0),
        ...(axes.length > 0 && { axes: ints(...axes) }),
      },
    };
  };

const transpose: Make = ({ attributes }) => {
  const order = numbers(attributes['axes']);
  return { operator: 'Transpose', ...(order?.length && { attributes: { perm: ints(...order) } }) };
};

const plain =
  (operator: string, order?: readonly number[]): Make =>
  () => ({ operator, ...(order && { order }) });

const each = (names: string, make: Make): [string, Make][] => names.split(' ').map((name) => [name, make]);

/** Operators of MXNet that ONNX has a counterpart of. */
const TWINS: Readonly<Record<string, Make>> = Object.fromEntries([
  ...each('Convolution', convolution('Conv')),
  ...each('Deconvolution', convolution('ConvTranspose')),
  ...each('Pooling', pooling),
  ...each('BatchNorm', plain('BatchNormalization')),
  ...each('Activation LeakyReLU', activation),
  ...each('FullyConnected', dense),
  ...each('Flatten flatten', plain('Flatten')),
  ...each('SoftmaxOutput SoftmaxActivation', plain('Softmax', [0])),
  ...each('softmax', along('Softmax', 'axis', -1)),
  ...each('log_softmax', along('LogSoftmax', 'axis', -1)),
  ...each('Concat concat', along('Concat', 'dim', 1)),
  ...each('Dropout', plain('Dropout')),
  ...each('Reshape reshape', reshape),
  ...each('transpose', transpose),
  ...each('Embedding', plain('Gather', [1, 0])),
  ...each('mean', reduced('ReduceMean')),
  ...each('sum', reduced('ReduceSum')),
  ...each('max', reduced('ReduceMax')),
  ...each('min', reduced('ReduceMin')),
  ...each('elemwise_add _plus _Plus broadcast_add broadcast_plus', plain('Add')),
  ...each('elemwise_sub _minus broadcast_sub broadcast_minus', plain('Sub')),
  ...each('elemwise_mul _mul broadcast_mul', plain('Mul')),
  ...each('elemwise_div _div broadcast_div', plain('Div')),
  ...each('add_n ElementWiseSum', plain('Sum')),
  ...each('dot batch_dot', plain('MatMul')),
  ...each('relu', plain('Relu')),
  ...each('sigmoid', plain('Sigmoid')),
  ...each('tanh', plain('Tanh')),
  ...each('exp', plain('Exp')),
  ...each('log', plain('Log')),
  ...each('sqrt', plain('Sqrt')),
  ...each('abs', plain('Abs')),
  ...each('negative', plain('Neg')),
  ...each(
    '_copy identity BlockGrad _mul_scalar _plus_scalar _minus_scalar _div_scalar _rminus_scalar _power_scalar',
    plain('Identity'),
  ),
  ...each('clip', plain('Clip')),
  ...each('LRN', plain('LRN')),
  ...each('L2Normalization', along('LpNormalization', 'axis', 1)),
  ...each('InstanceNorm', plain('InstanceNormalization')),
  ...each('LayerNorm', along('LayerNormalization', 'axis', -1)),
  ...each('expand_dims', ({ attributes }) => ({ operator: 'Unsqueeze', numbers: numbers(attributes['axis']) ?? [0] })),
  ...each('Cast cast', ({ attributes }) => ({
    operator: 'Cast',
    attributes: { to: ints(CASTS[attributes['dtype'] ?? ''] ?? 1) },
  })),
]);

/** Numbers of TensorProto.DataType. */
const CASTS: Readonly<Record<string, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  float16: 10,
  float64: 11,
};

/** Operators that make a loss: in inference they pass on what they get. */
export const LOSSES: ReadonlySet<string> = new Set(
  'SoftmaxOutput LinearRegressionOutput LogisticRegressionOutput MAERegressionOutput SVMOutput MakeLoss make_loss CTCLoss'.split(
    ' ',
  ),
);

/** The counterpart of a node in ONNX; undefined where there is none, or none is known here. */
export function onnxTwin(node: MxnetNode): OnnxTwin | undefined {
  return Object.hasOwn(TWINS, node.op) ? TWINS[node.op]?.(node) : undefined;
}
