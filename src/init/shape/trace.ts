import type { OnnxModel, OnnxNode } from '#models/onnx/model.js';

/** Operators that hand their elements on: order, shape and representation may change, numbers do not. */
const HANDED_ON = new Set(
  'Identity Transpose Concat Reshape Flatten Squeeze Unsqueeze Slice Split Cast Gather QuantizeLinear DequantizeLinear'.split(
    ' ',
  ),
);

/** Operators whose results nobody has worked on: a layer's own numbers. */
const LAYERS = new Set(
  'Conv ConvTranspose Gemm MatMul QLinearConv QLinearMatMul ConvInteger MatMulInteger com.microsoft:FusedConv com.microsoft:QGemm com.microsoft:FusedMatMul'.split(
    ' ',
  ),
);

/** Where the elements of a value come from, when operators that only hand them on are looked through. */
export interface Origins {
  /** Operators that compute some of them, a layer with its bias as that layer. */
  readonly operators: readonly OnnxNode[];
  /** Some of them come from a layer as they are, so that nothing has decoded or activated them. */
  readonly isRaw: boolean;
}

/** Follows a value back to what computes its elements. */
export function origins({ nodes, initializers }: OnnxModel, value: string): Origins {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const constants = new Set(initializers.map(({ name }) => name));
  const operators = new Set<OnnxNode>();
  const seen = new Set<string>();
  const queue = [value];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const maker = makers.get(name);
    if (seen.has(name) || !maker) continue;
    seen.add(name);
    const [first] = maker.inputs;
    if (maker.operator === 'Concat') queue.push(...maker.inputs);
    else if (HANDED_ON.has(maker.operator)) queue.push(...(first === undefined ? [] : [first]));
    else operators.add(layerBelow(maker) ?? maker);
  }
  const found = [...operators];
  return { operators: found, isRaw: found.some(({ operator }) => LAYERS.has(operator)) };

  /** The layer whose bias an addition adds. */
  function layerBelow({ operator, inputs }: OnnxNode): OnnxNode | undefined {
    if (operator !== 'Add' || !inputs.some((name) => constants.has(name))) return undefined;
    const below = inputs.map((name) => makers.get(name)).find((maker) => maker && LAYERS.has(maker.operator));
    return below;
  }
}
