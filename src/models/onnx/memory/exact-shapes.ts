import type { Operation } from '../rows/operation.js';
import { axisOf, type Extent, type Value } from '../rows/value.js';

type Dims = readonly number[];
type Rule = (operation: Operation, dims: Dims) => readonly (Dims | undefined)[] | undefined;

/** The axes of an input where all are numbers. */
export function plain(value: Value | undefined): Dims | undefined {
  const dims = value?.dims?.flatMap((extent) => (typeof extent === 'number' ? [extent] : []));
  return dims && dims.length === value?.dims?.length ? dims : undefined;
}

const product = (dims: Dims): number => dims.reduce((all, dim) => all * dim, 1);
const replaced = (dims: Dims, axis: number, extent: number): number[] =>
  dims.map((old, at) => (at === axis ? extent : old));

const reshape: Rule = (operation, dims) => {
  const wanted = operation.numbers(1) ?? operation.ints('shape');
  if (!wanted) return undefined;
  const copies = operation.int('allowzero', 0) === 0;
  const target = wanted.map((extent, axis) => (extent === 0 && copies ? (dims[axis] ?? 1) : extent));
  const known = product(target.filter((extent) => extent !== -1));
  return [target.map((extent) => (extent === -1 ? (known === 0 ? 0 : product(dims) / known) : extent))];
};

const slice: Rule = (operation, dims) => {
  const isInput = operation.inputs.length > 1;
  const starts = isInput ? operation.numbers(1) : operation.ints('starts');
  const ends = isInput ? operation.numbers(2) : operation.ints('ends');
  const steps = operation.inputs[4] ? operation.numbers(4) : undefined;
  if (!starts || !ends || (operation.inputs[4] && !steps)) return undefined;
  const given = isInput ? operation.inputs[3] !== undefined : operation.has('axes');
  const axes = given ? operation.axes('axes', 3, dims.length) : starts.map((_, axis) => axis);
  if (!axes) return undefined;
  const result = [...dims];
  for (const [index, axis] of axes.entries()) {
    const extent = dims[axis] ?? 0;
    const step = steps?.[index] ?? 1;
    const from = clamp(starts[index] ?? 0, extent, step);
    const to = clamp(ends[index] ?? extent, extent, step, true);
    result[axis] = Math.max(0, Math.ceil((to - from) / step));
  }
  return [result];
};

/** A place of a slice, counted from the end where it is negative, kept on the axis. */
function clamp(place: number, extent: number, step: number, isEnd = false): number {
  const own = place < 0 ? place + extent : place;
  if (step > 0) return Math.min(Math.max(own, 0), extent);
  return Math.min(Math.max(own, isEnd ? -1 : 0), extent - 1);
}

const split: Rule = (operation, dims) => {
  const axis = operation.axis(0);
  if (axis === undefined) return undefined;
  const extent = dims[axis] ?? 0;
  const parts = operation.ints('split') ?? operation.numbers(1);
  const even = Math.ceil(extent / operation.outputs);
  return Array.from({ length: operation.outputs }, (_, index) =>
    replaced(dims, axis, parts?.[index] ?? Math.max(0, Math.min(even, extent - index * even))),
  );
};

const convTranspose: Rule = (operation, dims) => {
  const kernel = plain(operation.inputs[1]);
  if (!kernel) return undefined;
  const axes = dims.length - 2;
  const shape = operation.ints('output_shape');
  const pads = operation.ints('pads');
  const same = operation.text('auto_pad')?.startsWith('SAME');
  const inner = dims.slice(2).map((extent, axis) => {
    const stride = operation.ints('strides')?.[axis] ?? 1;
    if (shape) return shape[shape.length - axes + axis] ?? 1;
    if (same) return extent * stride;
    const reach = (operation.ints('dilations')?.[axis] ?? 1) * ((kernel[axis + 2] ?? 1) - 1) + 1;
    const padded = (pads?.[axis] ?? 0) + (pads?.[axis + axes] ?? 0);
    return stride * (extent - 1) + (operation.ints('output_padding')?.[axis] ?? 0) + reach - padded;
  });
  return [[dims[0] ?? 1, (kernel[1] ?? 1) * operation.int('group', 1), ...inner]];
};

/** Pools whose last window may hang over the edge. */
const ceilPool: Rule = (operation, dims) => {
  if (operation.int('ceil_mode', 0) === 0) return undefined;
  const axes = dims.length - 2;
  const kernel = operation.ints('kernel_shape');
  const pads = operation.ints('pads');
  const inner = dims.slice(2).map((extent, axis) => {
    const padded = (pads?.[axis] ?? 0) + (pads?.[axis + axes] ?? 0);
    const reach = (operation.ints('dilations')?.[axis] ?? 1) * ((kernel?.[axis] ?? 1) - 1) + 1;
    return Math.ceil((extent + padded - reach) / (operation.ints('strides')?.[axis] ?? 1)) + 1;
  });
  return [[...dims.slice(0, 2), ...inner]];
};

const topK: Rule = (operation, dims) => {
  const axis = operation.axis(-1);
  const k = operation.int('k') ?? operation.numbers(1)?.[0];
  if (axis === undefined || k === undefined) return undefined;
  return [replaced(dims, axis, k), replaced(dims, axis, k)];
};

/** Elements moved between channels and the image: `way` is 1 towards the image, -1 towards the channels. */
const moved =
  (way: 1 | -1): Rule =>
  (operation, [rows = 1, channels = 1, height = 1, width = 1]) => {
    const block = operation.int('blocksize', 1) ** way;
    return [[rows, channels / block ** 2, height * block, width * block]];
  };

const oneHot: Rule = (operation, dims) => {
  const depth = operation.numbers(1)?.[0];
  const axis = axisOf(operation.int('axis', -1), dims.length + 1);
  return depth === undefined || axis === undefined ? undefined : [[...dims.slice(0, axis), depth, ...dims.slice(axis)]];
};

const range: Rule = (operation) => {
  const [start, limit, step] = [0, 1, 2].map((input) => operation.numbers(input)?.[0]);
  if (start === undefined || limit === undefined || !step) return undefined;
  return [[Math.max(0, Math.ceil((limit - start) / step))]];
};

const gatherND: Rule = (operation, dims) => {
  const indices = plain(operation.inputs[1]);
  const depth = indices?.at(-1);
  if (!indices || depth === undefined) return undefined;
  return [[...indices.slice(0, -1), ...dims.slice(operation.int('batch_dims', 0) + depth)]];
};

const einsum: Rule = (operation) => {
  const [left = '', result] = (operation.text('equation') ?? '').replaceAll(/\s/g, '').split('->');
  if (result === undefined || left.includes('.')) return undefined;
  const sizes = new Map<string, number>();
  for (const [index, term] of left.split(',').entries())
    for (const [at, letter] of [...term].entries()) sizes.set(letter, plain(operation.inputs[index])?.[at] ?? 1);
  return [[...result].map((letter) => sizes.get(letter) ?? 1)];
};

/** ONNX Runtime's fused attention: as wide as its values. */
const attention: Rule = (operation, dims) => {
  const width = plain(operation.inputs[1])?.at(-1);
  return width === undefined ? undefined : [[...dims.slice(0, -1), width / 3]];
};

const same: Rule = (_operation, dims) => [dims];
const sameTwice: Rule = (_operation, dims) => [dims, dims];
const roiAlign: Rule = (operation, dims) => [
  [
    plain(operation.inputs[1])?.[0] ?? 1,
    dims[1] ?? 1,
    operation.int('output_height', 1),
    operation.int('output_width', 1),
  ],
];

const each = (names: string, rule: Rule): [string, Rule][] => names.split(' ').map((name) => [name, rule]);

/** Operators of which more can be told than the proof about rows needs, once every axis is a number. */
const RULES: Readonly<Record<string, Rule>> = Object.fromEntries([
  ...each('Reshape', reshape),
  ...each('Slice', slice),
  ...each('Split', split),
  ...each('ConvTranspose', convTranspose),
  ...each('AveragePool MaxPool LpPool', ceilPool),
  ...each('TopK', topK),
  ...each('DepthToSpace', moved(1)),
  ...each('SpaceToDepth', moved(-1)),
  ...each('OneHot', oneHot),
  ...each('Range', range),
  ...each('GatherND', gatherND),
  ...each('Einsum', einsum),
  ...each('com.microsoft:Attention', attention),
  ...each('RoiAlign', roiAlign),
  ...each('Dropout com.microsoft:BiasDropout', sameTwice),
  ...each(
    'ScatterND ScatterElements Scatter CumSum ReverseSequence Trilu InstanceNormalization MeanVarianceNormalization RandomNormalLike ' +
      'RandomUniformLike Bernoulli EyeLike BatchNormalization DynamicQuantizeLinear com.microsoft:MultiHeadAttention ' +
      'com.microsoft:GroupQueryAttention com.microsoft:SkipLayerNormalization com.microsoft:RotaryEmbedding',
    same,
  ),
]);

/** The axes of a node's first outputs, exactly; undefined where no rule here knows them. */
export function exactShapes(operation: Operation): readonly (Value | undefined)[] | undefined {
  const rule = Object.hasOwn(RULES, operation.operator) ? RULES[operation.operator] : undefined;
  const dims = plain(operation.inputs[0]) ?? (operation.operator === 'Range' ? [] : undefined);
  const found = rule && dims && rule(operation, dims);
  return found?.map((one) => (one?.every(isSize) ? { dims: one } : undefined));
}

const isSize = (extent: Extent): boolean => typeof extent === 'number' && Number.isInteger(extent) && extent >= 0;
