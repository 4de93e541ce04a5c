import type { OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from '../onnx/model.js';
import { type OnnxTwin, onnxTwin } from './operators.js';
import type { MxnetArray } from './params.js';
import type { MxnetNode, MxnetSymbol } from './symbol.js';

/** An input as signature.json names it. */
export interface SignatureInput {
  readonly name: string;
  /** 0 and -1 are open. */
  readonly dims: readonly number[];
}

/** An MXNet graph in the terms of ONNX, so that its sizes can be worked out. It is never written or run. */
export interface MxnetAsOnnx {
  readonly model: OnnxModel;
  /** Operators without a counterpart, and how often each occurs. Their results are unknown. */
  readonly missing: Readonly<Record<string, number>>;
  /** Variables that are neither parameters nor inputs of the signature: labels of a training, or parameters that are missing. */
  readonly unbound: readonly string[];
}

const OPSET = 12;

/** Reads symbol, parameters and signature as one graph. */
export function asOnnx(
  symbol: MxnetSymbol,
  params: readonly MxnetArray[],
  inputs: readonly SignatureInput[],
): MxnetAsOnnx {
  const weights = new Map(params.map((array) => [array.name, array]));
  const given = new Map(inputs.map((input) => [input.name, input]));
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = params.map(({ name, type, dims, bytes }) => ({
    name,
    type,
    dims,
    inlineBytes: bytes,
  }));
  const missing: Record<string, number> = Object.create(null);
  const unbound: string[] = [];
  for (const node of symbol.nodes) {
    if (node.op === 'null') {
      if (!weights.has(node.name) && !given.has(node.name)) unbound.push(node.name);
      continue;
    }
    const twin = onnxTwin(node);
    if (!twin) missing[node.op] = (missing[node.op] ?? 0) + 1;
    nodes.push(...nodesOf(node, twin, symbol, initializers));
  }
  const operators: Record<string, number> = Object.create(null);
  for (const { operator } of nodes) operators[operator] = (operators[operator] ?? 0) + 1;
  const read = new Set(nodes.flatMap((node) => node.inputs));
  return {
    model: {
      irVersion: 0,
      opsets: { '': OPSET },
      producer: { name: 'MXNet', version: symbol.version ?? '' },
      graphName: '',
      metadata: {},
      inputs: inputs.map(inputValue),
      defaults: [],
      outputs: symbol.heads.map((head) => ({ name: outputName(symbol, head), type: 'unknown' })),
      values: [],
      initializers,
      nodes,
      operators,
      functions: [],
      functionBodies: new Map(),
      parameters: params.reduce((all, { dims }) => all + dims.reduce((product, dim) => product * dim, 1), 0),
      weightBytes: params.reduce((all, { bytes }) => all + bytes, 0),
    },
    missing,
    unbound: unbound.filter((name) => read.has(name)),
  };
}

function inputValue({ name, dims }: SignatureInput): OnnxValue {
  return { name, type: 'float32', dims: dims.map((dim, axis) => (axis === 0 ? 'batch' : dim > 0 ? dim : null)) };
}

/** The name under which a node's output is read: variables by their own. */
function outputName({ nodes }: MxnetSymbol, [at, output]: readonly [number, number]): string {
  const node = nodes[at];
  if (!node) return '';
  return node.op === 'null' ? node.name : `${node.name} ${output}`;
}

function nodesOf(
  node: MxnetNode,
  twin: OnnxTwin | undefined,
  symbol: MxnetSymbol,
  initializers: OnnxTensor[],
): OnnxNode[] {
  const inputs = node.inputs.map((input) => outputName(symbol, input));
  const outputs = [`${node.name} 0`];
  if (!twin) return [{ name: node.name, operator: `mxnet:${node.op}`, inputs, outputs, attributes: {} }];
  const taken = (twin.order?.map((at) => inputs[at] ?? '') ?? inputs).slice(0, twin.first);
  if (twin.numbers) {
    const name = `${node.name} numbers`;
    initializers.push({ name, type: 'int64', dims: [twin.numbers.length], inlineBytes: 0, values: twin.numbers });
    taken.splice(1, taken.length, name);
  }
  const own: OnnxNode = {
    name: node.name,
    operator: twin.operator,
    inputs: taken,
    outputs,
    attributes: twin.attributes ?? {},
  };
  if (!twin.next) return [own];
  const between = `${node.name} between`;
  const { operator, attributes = {} } = twin.next;
  return [
    { ...own, outputs: [between] },
    { name: node.name, operator, inputs: [between, ...inputs.slice(1)], outputs, attributes },
  ];
}
