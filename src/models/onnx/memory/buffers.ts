import type { OnnxModel, OnnxNode } from '../model.js';
import { layOut } from './layout.js';
import { quantizedResults } from './quantized.js';
import type { ValueSizes } from './value-sizes.js';
import { workspace } from './workspace.js';

/** Memory that one run takes for a result: from before one node until after another one, by their places in the order. */
export interface Buffer {
  /** Results share one block from the second run on; outputs and what kernels take for themselves do not. */
  readonly kind: 'result' | 'output' | 'workspace';
  readonly bytes: number;
  readonly from: number;
  to: number;
}

/** Operators whose result is the memory of their first input. */
const VIEW = /^(Reshape|Flatten|Squeeze|Unsqueeze|Identity|Dropout)$/;

/** Operators that write over an input of the same size when nobody needs it any more. */
const IN_PLACE =
  /^(Relu|Sigmoid|HardSigmoid|LeakyRelu|Elu|Selu|Celu|Tanh|Softplus|Softsign|ThresholdedRelu|Abs|Neg|Ceil|Floor|Reciprocal|Sqrt|Exp|Log|Add|Sub|Mul|Div|Sum|Softmax|Cast|com\.microsoft:FusedConv)$/;

/**
 * The buffers of one run, in the order of the nodes, as ONNX Runtime's planner lays them out: views cost nothing, elementwise
 * operators write in place, and a result goes into the buffer of an earlier one of the same type and shape. A buffer therefore lives
 * until the last of its results is used. Graph inputs are the caller's; graph outputs live to the end.
 */
export function planBuffers(model: OnnxModel, sizes: ValueSizes): Buffer[] {
  const { constants } = sizes;
  const { nodes, values } = layOut(model, sizes);
  const free = quantizedResults(nodes);
  const lastUse = lastUses(nodes, model.outputs, free);
  const ends = new Map<number, string[]>();
  for (const [name, at] of lastUse) (ends.get(at) ?? ends.set(at, []).get(at))?.push(name);
  const holders = new Map<string, Holder>();
  const idle = new Map<string, Holder[]>();
  const buffers: Buffer[] = [];
  const release = (holder: Holder | undefined, at: number): void => {
    if (!holder) return;
    holder.users -= 1;
    holder.buffer.to = at;
    if (holder.users === 0 && holder.key !== undefined)
      (idle.get(holder.key) ?? idle.set(holder.key, []).get(holder.key))?.push(holder);
  };
  for (const [at, node] of nodes.entries()) {
    const own = workspace(node, values, free.has(node.outputs[0] ?? ''));
    if (own > 0) buffers.push({ kind: 'workspace', bytes: own, from: at, to: at });
    for (const name of node.outputs) {
      const value = values.get(name);
      if (!value || name === '' || constants.has(name) || free.has(name)) continue;
      const uses = lastUse.get(name);
      const isOutput = uses === Number.POSITIVE_INFINITY;
      const key = isOutput ? undefined : `${value.type} ${value.dims}`;
      const shared = shareable(node, at, value.bytes, { holders, lastUse });
      const holder =
        shared ?? (key === undefined ? undefined : idle.get(key)?.pop()) ?? add(buffers, value.bytes, at, key);
      holder.users += 1;
      holder.buffer.to = Math.max(holder.buffer.to, at);
      holders.set(name, holder);
      if (uses === undefined) release(holder, at);
    }
    for (const name of ends.get(at) ?? []) release(holders.get(name), at);
  }
  for (const { name } of model.outputs) {
    const holder = holders.get(name);
    if (holder) holder.buffer.to = nodes.length;
  }
  return buffers;
}

/** A buffer and how many results in it are still to be used. */
interface Holder {
  readonly buffer: Buffer;
  users: number;
  /** What may follow in it: type and shape. */
  readonly key: string | undefined;
}

function add(buffers: Buffer[], bytes: number, at: number, key: string | undefined): Holder {
  const kind = key === undefined ? 'output' : 'result';
  const buffer: Buffer = { kind, bytes, from: at, to: at };
  buffers.push(buffer);
  return { buffer, users: 0, key };
}

/** The buffer of an input that the node's result can stay in. */
function shareable(
  { operator, inputs }: OnnxNode,
  at: number,
  bytes: number,
  { holders, lastUse }: { holders: ReadonlyMap<string, Holder>; lastUse: ReadonlyMap<string, number> },
): Holder | undefined {
  const candidates = VIEW.test(operator) ? inputs.slice(0, 1) : IN_PLACE.test(operator) ? inputs : [];
  for (const name of candidates) {
    const holder = holders.get(name);
    if (!holder || holder.buffer.bytes !== bytes) continue;
    if (VIEW.test(operator) || (holder.users === 1 && lastUse.get(name) === at)) return holder;
  }
  return undefined;
}

/** The place of the last node that reads each value, through results that are never made; infinity for outputs of the graph. */
function lastUses(
  nodes: readonly OnnxNode[],
  outputs: OnnxModel['outputs'],
  free: ReadonlySet<string>,
): Map<string, number> {
  const last = new Map<string, number>();
  for (const { name } of outputs) last.set(name, Number.POSITIVE_INFINITY);
  for (let at = nodes.length - 1; at >= 0; at--) {
    const { inputs = [], outputs: made = [] } = nodes[at] ?? {};
    const ends = made.map((name) => (free.has(name) ? (last.get(name) ?? at) : at));
    const end = Math.max(at, ...ends);
    for (const name of inputs) last.set(name, Math.max(end, last.get(name) ?? at));
  }
  return last;
}
