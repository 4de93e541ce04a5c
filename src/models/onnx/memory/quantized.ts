import type { OnnxNode } from '../model.js';

const QUANTIZE = /^(com\.microsoft:)?QuantizeLinear$/;
const DEQUANTIZE = /^(com\.microsoft:)?DequantizeLinear$/;
const ACTIVATION = /^(Relu|Clip)$/;

/**
 * Results in float that never exist, because ONNX Runtime runs the operator between DequantizeLinear and QuantizeLinear on integers:
 * what goes into it, and what comes out of it up to the quantized result.
 */
export function quantizedResults(nodes: readonly OnnxNode[]): ReadonlySet<string> {
  const consumers = new Map<string, OnnxNode[]>();
  const makers = new Map<string, OnnxNode>();
  for (const node of nodes) {
    for (const name of node.inputs) (consumers.get(name) ?? consumers.set(name, []).get(name))?.push(node);
    for (const name of node.outputs) makers.set(name, node);
  }
  const readers = (name: string): readonly OnnxNode[] => consumers.get(name) ?? [];
  const isDequantized = (name: string): boolean => DEQUANTIZE.test(makers.get(name)?.operator ?? '');
  const fused = new Set<OnnxNode>();
  const free = new Set<string>();
  for (const node of nodes) {
    const [first] = node.inputs;
    if (first === undefined || !isDequantized(first) || node.outputs.length !== 1) continue;
    const chain = [...node.outputs];
    let next = readers(chain[0] ?? '');
    const [activation] = next;
    if (
      next.length === 1 &&
      activation &&
      ACTIVATION.test(activation.operator) &&
      activation.outputs[0] !== undefined
    ) {
      chain.push(activation.outputs[0]);
      next = readers(activation.outputs[0]);
    }
    if (next.length === 0 || !next.every(({ operator }) => QUANTIZE.test(operator))) continue;
    fused.add(node);
    for (const name of chain) free.add(name);
  }
  for (const { operator, outputs } of nodes)
    if (DEQUANTIZE.test(operator))
      for (const name of outputs)
        if (readers(name).length > 0 && readers(name).every((node) => fused.has(node))) free.add(name);
  return free;
}
