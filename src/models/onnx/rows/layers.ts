import { apart } from './elementwise.js';
import type { Operation, OperatorRule } from './operation.js';
import { einsum, gemm, product, quantizedGemm, quantizedWeights } from './products.js';
import { type Extent, shaped } from './value.js';

/** True when the rows of the first input lie on this axis, or when it has none. */
function rowsOnlyOn(operation: Operation, axis: number): boolean {
  const rows = operation.rows();
  return rows === undefined || rows === axis;
}

/** Size of an image's axis after a window has run over it. */
function windowed(operation: Operation, extent: Extent, axis: number, axes: number, kernel: Extent): Extent {
  if (typeof extent !== 'number' || typeof kernel !== 'number') return undefined;
  const stride = operation.ints('strides')?.[axis] ?? 1;
  const mode = operation.text('auto_pad') ?? 'NOTSET';
  if (mode.startsWith('SAME')) return Math.ceil(extent / stride);
  const pads = operation.ints('pads');
  const padded = mode === 'VALID' ? 0 : (pads?.[axis] ?? 0) + (pads?.[axis + axes] ?? 0);
  const reach = (operation.ints('dilations')?.[axis] ?? 1) * (kernel - 1) + 1;
  const steps = (extent + padded - reach) / stride;
  return operation.int('ceil_mode', 0) ? undefined : Math.floor(steps) + 1;
}

/** Convolutions of images one by one: `weights` is the input with the kernel. */
function convolution(weights: number, transposed = false): OperatorRule {
  return (operation) => {
    const dims = operation.dims();
    const kernel = operation.dims(weights);
    if (!dims || !kernel || !rowsOnlyOn(operation, 0) || !operation.isFixedFrom(1)) return undefined;
    const inner = dims
      .slice(2)
      .map((extent, axis) =>
        transposed ? undefined : windowed(operation, extent, axis, dims.length - 2, kernel[axis + 2]),
      );
    return shaped([dims[0], transposed ? undefined : kernel[0], ...inner]);
  };
}

const pool: OperatorRule = (operation) => {
  const dims = operation.dims();
  if (!dims || !rowsOnlyOn(operation, 0)) return undefined;
  const kernel = operation.ints('kernel_shape');
  return shaped([
    ...dims.slice(0, 2),
    ...dims.slice(2).map((extent, axis) => windowed(operation, extent, axis, dims.length - 2, kernel?.[axis])),
  ]);
};

const globalPool: OperatorRule = (operation) => {
  const dims = operation.dims();
  if (!dims || !rowsOnlyOn(operation, 0) || !operation.isFixedFrom(1)) return undefined;
  return shaped(dims.map((extent, axis) => (axis < 2 ? extent : 1)));
};

/** Normalisation with the statistics of each image, or of the training. */
const perImage: OperatorRule = (operation) => {
  const dims = operation.dims();
  if (!dims || dims.length < 3 || !rowsOnlyOn(operation, 0) || !operation.isFixedFrom(1)) return undefined;
  return { dims };
};

const batchNormalization: OperatorRule = (operation) => {
  const dims = operation.dims();
  const isTraining = operation.outputs > 1 || operation.int('training_mode', 0) !== 0;
  if (!dims || isTraining || operation.rows() === 1 || !operation.isFixedFrom(1)) return undefined;
  return { dims };
};

const acrossChannels: OperatorRule = (operation) => {
  const dims = operation.dims();
  return dims && operation.rows() !== 1 ? { dims } : undefined;
};

const lpNormalization: OperatorRule = (operation) => {
  const dims = operation.dims();
  return dims && apart(operation, operation.axis(-1)) ? { dims } : undefined;
};

/** Elements of an image moved between its axes. */
const rearranged: OperatorRule = (operation) => {
  const dims = operation.dims();
  return dims?.length === 4 && rowsOnlyOn(operation, 0)
    ? shaped([dims[0], undefined, undefined, undefined])
    : undefined;
};

const gridSample: OperatorRule = (operation) => {
  const [image, grid] = [operation.dims(0), operation.dims(1)];
  if (!image || !grid || operation.rows(0) !== operation.rows(1) || !rowsOnlyOn(operation, 0)) return undefined;
  return shaped([image[0], image[1], ...grid.slice(1, -1)]);
};

const reduce: OperatorRule = (operation) => {
  const dims = operation.dims();
  if (!dims) return undefined;
  const given = operation.has('axes') || operation.inputs[1] !== undefined;
  const keepsAll = operation.int('noop_with_empty_axes', 0) !== 0;
  const axes = given ? operation.axes('axes', 1, dims.length) : keepsAll ? [] : dims.map((_, axis) => axis);
  if (!axes || (given && axes.length === 0) || axes.some((axis) => dims[axis] === 'rows')) return undefined;
  if (operation.int('keepdims', 1)) return shaped(dims.map((extent, axis) => (axes.includes(axis) ? 1 : extent)));
  return shaped(dims.filter((_, axis) => !axes.includes(axis)));
};

const reduceOne: OperatorRule = (operation) => {
  const dims = operation.dims();
  const axis = operation.axis(0);
  if (!dims || !apart(operation, axis)) return undefined;
  if (operation.int('keepdims', 1)) return shaped(dims.map((extent, at) => (at === axis ? 1 : extent)));
  return shaped(dims.filter((_, at) => at !== axis));
};

const cumulative: OperatorRule = (operation) => {
  const dims = operation.dims();
  const [axis] = dims ? (operation.axes('', 1, dims.length) ?? []) : [];
  return dims && apart(operation, axis) ? { dims } : undefined;
};

const topK: OperatorRule = (operation) => {
  const dims = operation.dims();
  const axis = operation.axis(-1);
  if (!dims || !apart(operation, axis) || !operation.isFixedFrom(1)) return undefined;
  const found = shaped(dims.map((extent, at) => (at === axis ? undefined : extent)));
  return [found, found];
};

/** LSTM, GRU, RNN: they run along the sequence, which is the first axis in layout 0 and the second in layout 1. */
const recurrent: OperatorRule = (operation) => {
  const dims = operation.dims();
  const batchFirst = operation.int('layout', 0) === 1;
  const batch = batchFirst ? 0 : 1;
  const hidden = operation.int('hidden_size');
  const directions = operation.text('direction') === 'bidirectional' ? 2 : 1;
  if (dims?.length !== 3 || !operation.isFixed(1, 2, 3, 7)) return undefined;
  const rows = operation.rows();
  if (rows !== undefined && rows !== batch) return undefined;
  // Lengths and first states are those of each row, where there are any.
  const states: [input: number, axis: number][] = [
    [4, 0],
    [5, batchFirst ? 0 : 1],
    [6, batchFirst ? 0 : 1],
  ];
  for (const [input, axis] of states) {
    if (operation.inputs[input] && operation.rows(input) !== (rows === undefined ? undefined : axis)) return undefined;
  }
  const [sequence, size] = batchFirst ? [dims[1], dims[0]] : [dims[0], dims[1]];
  const state = shaped(batchFirst ? [size, directions, hidden] : [directions, size, hidden]);
  const all = shaped(batchFirst ? [size, sequence, directions, hidden] : [sequence, directions, size, hidden]);
  return [all, state, state];
};

/** ONNX Runtime's fused attention: each row looks at itself alone. */
const attention: OperatorRule = (operation) => {
  const dims = operation.dims();
  const mask = operation.dims(3);
  if (dims?.length !== 3 || operation.rows() !== 0 || !operation.isFixed(1, 2) || operation.inputs.length > 4)
    return undefined;
  if (mask && (operation.rows(3) !== 0 || mask.length !== 2)) return undefined;
  return shaped(['rows', dims[1], undefined]);
};

const embed: OperatorRule = (operation) => {
  const dims = operation.dims();
  const others = operation.inputs.map((_value, index) => index).filter((index) => ![0, 1, 7].includes(index));
  if (dims?.length !== 2 || operation.rows() !== 0 || !operation.isFixed(...others)) return undefined;
  const perRow = [1, 7].every((input) => operation.inputs[input] === undefined || operation.rows(input) === 0);
  return perRow ? [shaped(['rows', dims[1], undefined]), shaped(['rows'])] : undefined;
};

const all = (names: string, rule: OperatorRule): [string, OperatorRule][] =>
  names.split(/\s+/).map((name) => [name, rule]);

/** Operators of networks, by what they do along the axis of the rows. */
export const LAYERS: Readonly<Record<string, OperatorRule>> = Object.fromEntries([
  ...all('Conv ConvInteger com.microsoft:FusedConv', convolution(1)),
  ['QLinearConv', convolution(3)],
  ['ConvTranspose', convolution(1, true)],
  ...all('AveragePool MaxPool LpPool', pool),
  ...all('GlobalAveragePool GlobalMaxPool GlobalLpPool', globalPool),
  ...all('InstanceNormalization GroupNormalization', perImage),
  ['BatchNormalization', batchNormalization],
  ['LRN', acrossChannels],
  ['LpNormalization', lpNormalization],
  ...all('DepthToSpace SpaceToDepth', rearranged),
  ['GridSample', gridSample],
  ...all('MatMul MatMulInteger', product(0, 1)),
  ['QLinearMatMul', product(0, 3)],
  ['com.microsoft:MatMulNBits', quantizedWeights],
  ...all('Gemm com.microsoft:FusedGemm', gemm),
  ['com.microsoft:QGemm', quantizedGemm],
  ['Einsum', einsum],
  ...all(
    'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare',
    reduce,
  ),
  ...all('ArgMax ArgMin', reduceOne),
  ...all('CumSum CumProd', cumulative),
  ['TopK', topK],
  ...all('LSTM GRU RNN', recurrent),
  ['com.microsoft:Attention', attention],
  ['com.microsoft:EmbedLayerNormalization', embed],
]);
