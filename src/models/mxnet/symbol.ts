import { isObject, type JsonObject } from '#json-object.js';

/** One node of an MXNet graph: an operator, or a variable where `op` is `null`. */
export interface MxnetNode {
  readonly op: string;
  readonly name: string;
  /** Attributes as they are written: all are texts. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Places of nodes and which of their outputs: `[3, 0]`. */
  readonly inputs: readonly (readonly [node: number, output: number])[];
}

/** A graph of `-symbol.json`. */
export interface MxnetSymbol {
  readonly nodes: readonly MxnetNode[];
  /** What the graph answers. */
  readonly heads: readonly (readonly [node: number, output: number])[];
  /** `1.5.0`, where the file records which MXNet saved it. */
  readonly version?: string;
}

/** Why a `-symbol.json` is not a graph, or the graph. */
export function parseSymbol(text: string): MxnetSymbol | { readonly fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: 'it is not JSON' };
  }
  if (!isObject(value)) return { fault: 'it is not a JSON object' };
  const missing = ['nodes', 'arg_nodes', 'heads'].filter((key) => !Array.isArray(value[key]));
  const { nodes, heads, attrs } = value;
  if (missing.length > 0 || !Array.isArray(nodes) || !Array.isArray(heads))
    return { fault: `it has no ${missing.join(', ')}` };
  const read = nodes.map(readNode);
  const good = read.flatMap((node) => node ?? []);
  if (good.length < read.length) return { fault: 'a node has no op or name' };
  const version = isObject(attrs) && Array.isArray(attrs['mxnet_version']) ? attrs['mxnet_version'][1] : undefined;
  return {
    nodes: good,
    heads: pairs(heads),
    ...(typeof version === 'number' && { version: versionOf(version) }),
  };
}

function readNode(node: unknown): MxnetNode | undefined {
  if (!isObject(node) || typeof node['op'] !== 'string' || typeof node['name'] !== 'string') return undefined;
  // The key changed twice between versions.
  const attributes = [node['attrs'], node['attr'], node['param']].find((one): one is JsonObject => isObject(one)) ?? {};
  const texts = Object.entries(attributes).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return {
    op: node['op'],
    name: node['name'],
    attributes: Object.assign(Object.create(null), Object.fromEntries(texts)),
    inputs: Array.isArray(node['inputs']) ? pairs(node['inputs']) : [],
  };
}

function pairs(list: readonly unknown[]): (readonly [number, number])[] {
  return list.flatMap((pair) =>
    Array.isArray(pair) && typeof pair[0] === 'number' && typeof pair[1] === 'number'
      ? [[pair[0], pair[1]] as const]
      : [],
  );
}

/** 10501 is 1.5.1. */
function versionOf(number: number): string {
  return [Math.floor(number / 10_000), Math.floor(number / 100) % 100, number % 100].join('.');
}
