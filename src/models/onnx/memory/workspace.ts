import type { OnnxNode } from '../model.js';
import { Operation } from '../rows/operation.js';
import type { SizedValue } from './value-sizes.js';

/** Gates of each recurrent operator: rows of its weights for one of its state. */
const GATES: Readonly<Record<string, number>> = { LSTM: 4, GRU: 3, RNN: 1 };

/**
 * Bytes that a kernel takes for itself while it runs: recurrent ones the gates of all steps in each direction at once, convolutions of
 * integers the sums of one picture in 32 bits.
 */
export function workspace(node: OnnxNode, values: ReadonlyMap<string, SizedValue>, isQuantized: boolean): number {
  const gates = Object.hasOwn(GATES, node.operator) ? GATES[node.operator] : undefined;
  const input = values.get(node.inputs[0] ?? '');
  if (gates !== undefined && input) return recurrent(node, gates, input);
  if (!isQuantized || !/Conv/.test(node.operator)) return 0;
  const output = values.get(node.outputs[0] ?? '');
  if (!output) return 0;
  const elements = output.dims.slice(1).reduce((all, dim) => all * dim, 1);
  return elements * 4;
}

function recurrent(node: OnnxNode, gates: number, { dims, bytes }: SizedValue): number {
  const operation = new Operation(node, 0, []);
  const hidden = operation.int('hidden_size', 0);
  const steps = (dims[0] ?? 1) * (dims[1] ?? 1);
  const isBoth = operation.text('direction') === 'bidirectional';
  const one = steps * hidden * gates * 4;
  return isBoth ? 2 * one + bytes + steps * hidden * 4 : one;
}
