import { ELEMENT_TYPES, type OnnxModel, type OnnxNode } from './model.js';

/** Letters of the element types in the table below. */
const LETTERS: Readonly<Record<string, string>> = {
  float32: 'f',
  float64: 'd',
  float16: 'h',
  bfloat16: 'g',
  int8: 'b',
  uint8: 'B',
  int16: 's',
  uint16: 'S',
  int32: 'i',
  uint32: 'I',
  int64: 'l',
  uint64: 'L',
  bool: 'o',
  string: 't',
};

/**
 * The element types that ONNX Runtime 1.30 computes with on the CPU, for the first input of each operator of ai.onnx (the second of
 * Where), from its `get_all_opkernel_def()`: `name:` version of the operator and letters of its types, for each version where
 * they change. `=` behind a name: the first output has the same type. `-`: none. `*`: not known. Operators that are made of others have all types of
 * their schema. float16 stands wherever float32 does, since the runtime casts.
 */
const TABLE = `
  Abs=:1-,6fdhbBsSiIlL Acos=:7fh Acosh=:9fh Add=:1-,7fdhiIlL,14fdhbBsSiIlL Affine:1fdh,10* AffineGrid=:20fdhg And:1-,7o ArgMax:1fdhbBil
  ArgMin:1fdhbBil Asin=:7fh Asinh=:9fh Atan=:7fh Atanh=:9fh Attention=:23fdhg AveragePool=:1-,7fh BatchNormalization=:1-,7fdh
  Bernoulli:15fdh,22fdhg BitCast:26fdhgbBsSiIlL BitShift=:11BIL BitwiseAnd=:18bBsSiIlL BitwiseNot=:18bBsSiIlL BitwiseOr=:18bBsSiIlL
  BitwiseXor=:18bBsSiIlL BlackmanWindow:17il Cast:1-,6fdhbBsSiIlLo,9fdhbBsSiIlLot,13fdhgbBsSiIlLot CastLike:15fdhgbBsSiIlLot
  CausalConvWithState=:27fhg Ceil=:1-,6fdh Celu=:12fh CenterCropPad=:18fdhgbBsSiIlLot Clip=:1-,6fh,12fdhbBiIlL,13fdhgbBsSiIlL Col2Im=:18fh
  Compress=:9fdhbBsSiIlLot Concat=:1-,4fdhbBsSiIlLot,13fdhgbBsSiIlLot ConstantOfShape:9l Conv=:1fh ConvInteger:10bB ConvTranspose=:1fh
  Cos=:7fdh Cosh=:9fh Crop:1fdh,10* CumProd=:26fdhiIlL CumSum=:11fdhil DFT=:17fdh DeformConv=:19fdh DepthToSpace=:1fdh,11fdhbB
  DequantizeLinear:10bBi,21bBsSi Det=:11fh DisentangledAttention_TRT=:1fh Div=:1-,7fdhiIlL,14fdhbBsSiIlL Dropout=:1-,7fdh
  DynamicQuantizeLinear:11fh DynamicSlice:1fdhbBsSiIlLot,10* EfficientNMS_TRT:1fh Einsum=:12fdhil Elu=:1-,6fdh,22fdhg
  Equal:1-,7ilo,11fdhbBsSiIlLo,19fdhbBsSiIlLot Erf=:9fh Exp=:1-,6fdh Expand=:8fdhbBsSiIlLot EyeLike:9fdhilL
  Flatten=:1fdh,9fdhbBsSiIlLot,13fdhgbBsSiIlLot Floor=:1-,6fdh GRU=:1-,7fdh GRUUnit:1fdh,10* Gather=:1fdhbBsSiIlLot,13fdhgbBsSiIlLot
  GatherElements=:11fdhbBsSiIlLot,13fdhgbBsSiIlLot GatherND=:11fdhbBsSiIlLot,13fdhgbBsSiIlLot Gelu=:20fdhg Gemm=:1-,7fdh
  GivenTensorFill:1fdh,10* GlobalAveragePool=:1fh GlobalLpPool=:1-,2fh,22- GlobalMaxPool=:1fh Greater:1-,7fdh,9fdhbBsSiIlL
  GreaterOrEqual:12fdhbBsSiIlL,16fdhgbBsSiIlL GridSample=:16fh,20fdh GroupNormalization=:18fdhg HammingWindow:17il HannWindow:17il
  HardSigmoid=:1-,6fdh,22fdhg HardSwish=:14fdh,22fdhg Hardmax=:1fh Identity=:1fdhbBsSiIlLot,13fdhgbBsSiIlLot If:1o ImageDecoder:20-
  ImageScaler:1fdh,10* InstanceNormalization=:1-,6fh IsInf:10fdh,20fdhg IsNaN:9fdh,20fdhg LRN=:1fh LSTM=:1-,7fdh LayerNormalization=:1fdhg
  LeakyRelu=:1-,6fh,16fdhg Less:1-,7fdh,9fdhbBsSiIlL LessOrEqual:12fdhbBsSiIlL,16fdhgbBsSiIlL LinearAttention=:27fhg Log=:1-,6fdh
  LogSoftmax=:1fdh,13fdhg Loop:1l LpNormalization=:1fdh LpPool=:1-,2fh MatMul=:1fdh,9fdhiIlL MatMulInteger:10bB Max=:1-,6fh,8fdh,12fdhbBiIlL
  MaxPool=:1fh,8fdh,12fdhbB MaxRoiPool=:1fh,22- MaxUnpool=:9fh Mean=:1-,6fh MeanVarianceNormalization=:1fdh,13fdhg MelWeightMatrix:17il
  MemcpyFromHost=:1fdhgbBsSiIlLo MemcpyToHost=:1fdhgbBsSiIlLo Min=:1-,6fh,8fdh,12fdhbBiIlL Mish=:18fdh,22fdhg Mod=:10fdhbBsSiIlL
  Mul=:1-,7fdhiIlL,14fdhbBsSiIlL MultilevelCropAndResize_TRT=:1fh Multinomial:7fh,22- Neg=:1-,6fdhbsil
  NegativeLogLikelihoodLoss=:12fdh,22fdhg NonZero:9fhBilo Not=:1o OneHot:9fhil Optional:15fdhbBsSiIlLot
  OptionalGetElement:15*,18fdhbBsSiIlLot OptionalHasElement:15*,18fdhbBsSiIlLot Or:1-,7o PRelu=:1-,7fh,16fdhgiIlL
  Pad=:1-,2fdh,11fdhbBiIlL,13fdhbBiIlLo ParametricSoftplus:1fdh,10* Pow=:1-,7fdh,12fdhil PyramidROIAlign_TRT=:1fh QLinearConv:10bB
  QLinearMatMul:10bB QuantizeLinear:10fh RMSNormalization:23fdhg RNN=:1-,7fh RandomNormalLike:1fdhbBsSiIlLot,22-
  RandomUniformLike:1fdhbBsSiIlLot,22- Range=:11fdhsil,27fdhgsil Reciprocal=:1-,6fdh ReduceL1=:1fdhil,18fdhgiIlL ReduceL2=:1fdhil,18fdhgiIlL
  ReduceLogSum=:1fdhil,18fdhgiIlL ReduceLogSumExp=:1fdhil,18fdhgiIlL ReduceMax=:1fdhil,12fdhbBil,20fdhbBilo ReduceMean=:1fdhil
  ReduceMin=:1fdhil,12fdhbBil,20fdhbBilo ReduceProd=:1fdhil ReduceSum=:1fdhil ReduceSumSquare=:1fdhil,18fdhgiIlL RegexFullMatch:20t
  Relu=:1-,6fdh,14fdhgbsil Reshape=:1fdh,5fdhbBsSiIlLot,13fdhgbBsSiIlLot Resize=:10fhbBi ReverseSequence=:10fdhbBsSiIlLot
  RoiAlign=:10fdh,22- RotaryEmbedding=:23fhg Round=:11fdh STFT=:17fdh Scale:1fdh,10* ScaledTanh:1fdh,10*
  Scan=:8l,9fdhbBsSiIlLot,16fdhgbBsSiIlLot Scatter:9fdhbBsSiIlLot,11* ScatterElements=:11fdhbBsSiIlLot,13fdhgbBsSiIlLot
  ScatterND=:11fdhbBsSiIlLot,13fdhgbBsSiIlLot Selu=:1-,6fdh,22fdhg SequenceConstruct:11fdhbBsSiIlLot Shape:1fdhbBsSiIlLot,13fdhgbBsSiIlLot
  Shrink=:9fdhbBsSiIlL Sigmoid=:1-,6fdh Sign=:9fdhbBsSiIlL,13fdhgbBsSiIlL SimplifiedLayerNormalization:1fdhg Sin=:7fdh Sinh=:9fh
  Size:1fdhbBsSiIlLot Slice=:1fdhbBsSiIlLot,13fdhgbBsSiIlLot Softmax=:1fdh,13fdhg SoftmaxCrossEntropyLoss=:12fdh,13fdhg
  Softplus=:1fdh,22fdhg Softsign=:1fdh,22fdhg SpaceToDepth=:1fdhbB Split=:1-,2fdhbBsSiIlLot,13fdhgbBsSiIlLot SplitToSequence:11fdhilot
  Sqrt=:1-,6fdh Squeeze=:1fdhbBsSiIlLot,13fdhgbBsSiIlLot StringConcat=:20t StringSplit:20t Sub=:1-,7fdhiIlL,14fdhbBsSiIlL Sum=:1-,6fdh
  Swish=:24fdhg Tan=:7fh Tanh=:1-,6fdh TensorScatter=:24fdhgbBsSiIlLo TfIdfVectorizer:9ilt ThresholdedRelu=:1fdh,22fdhg
  Tile=:1-,6fdhbBsSiIlLot TopK=:1fdh,11fdhbBsil Transpose=:1fdhbBsSiIlLot,13fdhgbBsSiIlLot Trilu=:14fdhilo Unique=:11fdhblt
  Unsqueeze=:1fdhbBsSiIlLot,13fdhgbBsSiIlLot Upsample:1-,7fhbBi,10* Where=:9fdhBilt Xor:1-,7o
`;

interface Operator {
  readonly keepsType: boolean;
  /** In the order of their versions. */
  readonly versions: readonly { readonly version: number; readonly letters: string }[];
}

let operators: ReadonlyMap<string, Operator> | undefined;

function readTable(): ReadonlyMap<string, Operator> {
  operators ??= new Map(
    TABLE.trim()
      .split(/\s+/)
      .map((line) => {
        const [name = '', versions = ''] = line.split(':');
        const read = versions
          .split(',')
          .map((one) => ({ version: Number.parseInt(one, 10), letters: one.replace(/^\d+/, '') }));
        return [name.replace('=', ''), { keepsType: name.endsWith('='), versions: read }];
      }),
  );
  return operators;
}

/** A node whose operator ONNX Runtime does not have for the type that it gets. */
export interface KernelFault {
  /** `a node Conv` or `the node 'conv1' (Conv)`. */
  readonly node: string;
  readonly type: string;
  /** Types that it could get; none where the runtime does not have the operator at all. */
  readonly possible: readonly string[];
}

/**
 * The nodes of the main graph that cannot be run on the CPU by the type of their first input, one for each operator and type. What is not
 * certain is left out: values of unknown type, nodes that lead to no output or that depend on constants only, operators of other domains.
 */
export function kernelFaults(model: OnnxModel): KernelFault[] {
  const opset = model.opsets[''];
  if (opset === undefined) return [];
  const table = readTable();
  const types = new Map(
    [...model.values, ...model.initializers, ...model.inputs, ...model.defaults, ...model.outputs].map(
      ({ name, type }) => [name, type],
    ),
  );
  const constants = new Set(model.initializers.map(({ name }) => name));
  for (const { name } of model.defaults) constants.delete(name);
  const needed = leadingToOutputs(model);
  const faults = new Map<string, KernelFault>();
  for (const node of model.nodes) {
    const { operator, inputs, outputs } = node;
    if (inputs.every((input) => input === '' || constants.has(input)))
      for (const output of outputs) constants.add(output);
    const type = types.get(inputs[operator === 'Where' ? 1 : 0] ?? '');
    const known = table.get(operator);
    const made =
      operator === 'Cast' ? ELEMENT_TYPES[node.attributes['to']?.ints[0] ?? 0] : known?.keepsType ? type : undefined;
    const [output] = outputs;
    if (made !== undefined && output !== undefined && !types.has(output)) types.set(output, made);
    const letter = LETTERS[type ?? ''];
    const letters = known?.versions.findLast(({ version }) => version <= opset)?.letters ?? '*';
    if (type === undefined || letter === undefined || letters === '*' || letters.includes(letter)) continue;
    if (model.functions.includes(operator) || !needed.has(node) || outputs.every((one) => constants.has(one))) continue;
    const possible = Object.keys(LETTERS).filter((name) => letters.includes(LETTERS[name] ?? ' '));
    if (!faults.has(`${operator} ${type}`)) faults.set(`${operator} ${type}`, { node: nameOf(node), type, possible });
  }
  return [...faults.values()];
}

function leadingToOutputs({ nodes, outputs }: OnnxModel): ReadonlySet<OnnxNode> {
  const needed = new Set<OnnxNode>();
  const wanted = new Set(outputs.map(({ name }) => name));
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => wanted.has(output))) continue;
    needed.add(node);
    for (const input of node.inputs) wanted.add(input);
  }
  return needed;
}

function nameOf({ name, operator }: OnnxNode): string {
  return name === '' ? `a node ${operator}` : `the node '${name}' (${operator})`;
}
