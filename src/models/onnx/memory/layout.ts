import type { OnnxModel, OnnxNode } from '../model.js';
import { fuseSums } from './fuse-sums.js';
import type { SizedValue, ValueSizes } from './value-sizes.js';

/** Channels of a block on processors with AVX-512; with fewer at its input a convolution reads pictures as they are. */
const BLOCK = 16;

const STAYS =
  /^(Relu|Sigmoid|Tanh|Clip|HardSigmoid|LeakyRelu|MaxPool|AveragePool|GlobalAveragePool|GlobalMaxPool|BatchNormalization)$/;
const JOINS = /^(Add|Sum|Mul|Concat)$/;

/** A graph as it runs: with what ONNX Runtime adds to bring channels into blocks for its convolutions, and back. */
export interface LaidOut {
  readonly nodes: readonly OnnxNode[];
  readonly values: ReadonlyMap<string, SizedValue>;
}

/** The weights of a convolution whose channels are laid out in blocks; undefined for one that runs on pictures as they are. */
export function blockedWeights(
  node: OnnxNode,
  { values, constants }: ValueSizes,
  dequantized: ReadonlySet<string>,
): SizedValue | undefined {
  const name = node.inputs[1] ?? '';
  const weights = values.get(name);
  if (!/^(Conv|com\.microsoft:FusedConv)$/.test(node.operator) || !weights || !constants.has(name)) return undefined;
  if (dequantized.has(name)) return undefined;
  const [outside = 0, inside = 0] = weights.dims;
  const groups = node.attributes['group']?.ints[0] ?? 1;
  if (weights.dims.length !== 4 || weights.type !== 'float32' || outside % 4 !== 0) return undefined;
  const fits = groups === 1 ? inside % 4 === 0 || inside < BLOCK : inside === 1 || inside % BLOCK === 0;
  return fits ? weights : undefined;
}

/** What DequantizeLinear makes: convolutions of it run on integers. */
export function dequantizedValues({ nodes }: OnnxModel): ReadonlySet<string> {
  return new Set(nodes.flatMap(({ operator, outputs }) => (operator.endsWith('DequantizeLinear') ? outputs : [])));
}

/** Adds the copies between the two layouts, each where a node first needs it. */
export function layOut(model: OnnxModel, sizes: ValueSizes): LaidOut {
  const values = new Map(sizes.values);
  const dequantized = dequantizedValues(model);
  const nodes: OnnxNode[] = [];
  const blocked = new Set<string>();
  const copies = new Map<string, string>();
  const copied = (name: string): string => {
    const known = copies.get(name);
    if (known !== undefined) return known;
    const copy = `${name} in the other layout`;
    const value = values.get(name);
    if (value) values.set(copy, value);
    nodes.push({ name: '', operator: 'Reorder', inputs: [name], outputs: [copy], attributes: {} });
    copies.set(name, copy);
    return copy;
  };
  for (const node of model.nodes) {
    const [first = ''] = node.inputs;
    let { inputs } = node;
    let staysBlocked = false;
    if (blockedWeights(node, sizes, dequantized)) {
      const channels = values.get(first)?.dims[1] ?? 0;
      staysBlocked = true;
      if (!blocked.has(first) && channels >= BLOCK) inputs = [copied(first), ...inputs.slice(1)];
    } else {
      const variable = inputs.filter((name) => name !== '' && !sizes.constants.has(name));
      const stays = STAYS.test(node.operator) || JOINS.test(node.operator);
      staysBlocked = stays && variable.length > 0 && variable.every((name) => blocked.has(name));
      if (!staysBlocked) inputs = inputs.map((name) => (blocked.has(name) ? copied(name) : name));
    }
    nodes.push(inputs === node.inputs ? node : { ...node, inputs });
    if (staysBlocked) for (const name of node.outputs) blocked.add(name);
  }
  return { nodes: fuseSums(nodes, (name) => sizes.constants.has(name)), values };
}
