import type { OnnxModel, OnnxTensor } from '../model.js';
import { tensorBytes } from '../tensor.js';
import { blockedWeights, dequantizedValues } from './layout.js';
import type { ValueSizes } from './value-sizes.js';

/** What loading a model adds to the memory of its process, in bytes. */
export interface WeightMemory {
  /** The most while it loads. */
  readonly peak: number;
  /** What stays resident afterwards. */
  readonly resident: number;
}

/** Weights that ONNX Runtime packs anew for its kernels. */
const PACKED = /^(MatMul|Gemm|LSTM|GRU|RNN|com\.microsoft:(FusedMatMul|FusedGemm|Attention))$/;

/** The share of packed weights whose original stays behind in the heap: measured, between 0.1 and 0.75 with tensors of different sizes. */
const LEFT_BEHIND = 0.5;

/**
 * Weights lie in memory once. Those of convolutions are laid out anew in blocks while the original is still there, and if they came out
 * of the model file itself the bytes that they were read from stay in the heap as well; of what is packed for products of matrices a part
 * does. While a tensor is converted it exists twice.
 */
export function weightMemory(model: OnnxModel, sizes: ValueSizes): WeightMemory {
  const dequantized = dequantizedValues(model);
  const weights = new Map([
    ...model.initializers.map((tensor) => [tensor.name, tensor] as const),
    ...constantNodes(model),
  ]);
  /** The tensor behind an input, also where it is dequantized. */
  const sources = new Map(
    model.nodes.flatMap(({ outputs, inputs }) =>
      outputs.filter((name) => dequantized.has(name)).map((name) => [name, inputs[0] ?? '']),
    ),
  );
  const copies = new Map<string, number>();
  for (const node of model.nodes) {
    const share = copiesOf(
      node.operator,
      blockedWeights(node, sizes, dequantized) !== undefined,
      dequantized.has(node.inputs[1] ?? ''),
    );
    if (share === undefined) continue;
    for (const input of node.inputs.slice(1)) {
      const tensor = weights.get(sources.get(input) ?? input);
      if (tensor) copies.set(tensor.name, tensor.external ? share.external : share.inside);
    }
  }
  let resident = model.weightBytes;
  let largest = 0;
  for (const tensor of weights.values()) {
    const bytes = tensorBytes(tensor);
    largest = Math.max(largest, bytes);
    resident += bytes * (copies.get(tensor.name) ?? 0);
  }
  return { peak: Math.max(resident, model.weightBytes + largest), resident };
}

/** Weights that an exporter wrote as nodes instead of initializers, as Paddle's does: the runtime makes initializers of them. */
function constantNodes({ nodes }: OnnxModel): (readonly [string, OnnxTensor])[] {
  return nodes.flatMap(({ operator, outputs: [name], attributes }) => {
    const tensor = operator === 'Constant' ? attributes['value']?.tensor : undefined;
    return name !== undefined && tensor ? [[name, tensor] as const] : [];
  });
}

/** Copies beside the weights themselves, of those in the model file and of those beside it. */
function copiesOf(
  operator: string,
  isBlocked: boolean,
  isQuantized: boolean,
): { inside: number; external: number } | undefined {
  if (isBlocked || (isQuantized && /Conv/.test(operator))) return { inside: 2, external: 1 };
  return PACKED.test(operator) ? { inside: LEFT_BEHIND, external: 0 } : undefined;
}
