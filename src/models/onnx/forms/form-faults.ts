import type { OnnxModel, OnnxNode } from '../model.js';
import { MAX_OPSETS } from '../operators.js';
import { TABLE } from './table.js';

/** How an operator is written in one of its versions. */
interface Form {
  readonly version: number;
  /** Inputs at least and at most; undefined where nothing is known. */
  readonly inputs: readonly [least: number, most: number] | undefined;
  /** By name: whether it must be there. */
  readonly attributes: ReadonlyMap<string, boolean>;
}

type Opsets = Readonly<Record<string, number>>;

let forms: ReadonlyMap<string, readonly Form[]> | undefined;

/**
 * Nodes with operators, attributes or numbers of inputs that the model's opset does not have, as conversions between opsets leave them
 * behind (`axes` of a Squeeze in opset 13): ONNX Runtime refuses the model. One sentence each, in the main graph, in graphs inside of nodes and
 * in the model's functions. Operators of other domains and opsets that the runtime does not have are left out.
 */
export function formFaults({ nodes, opsets, functionBodies }: OnnxModel): string[] {
  const own = new Set(functionBodies.keys());
  const bodies = [{ nodes, opsets }, ...functionBodies.values()];
  return bodies.flatMap((body) => faultsIn(body.nodes, body.opsets, own));
}

function faultsIn(nodes: readonly OnnxNode[], opsets: Opsets, own: ReadonlySet<string>): string[] {
  return nodes.flatMap((node) => [
    ...(own.has(node.operator) ? [] : faultsOf(node, opsets)),
    ...Object.values(node.attributes).flatMap(({ graph }) => (graph ? faultsIn(graph.nodes, opsets, own) : [])),
  ]);
}

function faultsOf({ name, operator, inputs, attributes }: OnnxNode, opsets: Opsets): string[] {
  const domain = operator.includes(':') ? operator.slice(0, operator.lastIndexOf(':')) : '';
  const opset = opsets[domain] ?? 0;
  if (opset > (MAX_OPSETS[domain] ?? 0)) return [];
  forms ??= readTable();
  const versions = forms.get(operator) ?? [];
  const form = versions.findLast(({ version }) => version <= opset);
  const label = name === '' ? `a node ${operator}` : `the node '${name}' (${operator})`;
  const [first] = versions;
  if (!form && first && opset > 0)
    return [`${label} does not exist in opset ${opset}: the operator came with opset ${first.version}`];
  if (form?.inputs === undefined) return [];
  const faults: string[] = [];
  for (const attribute of Object.keys(attributes))
    if (!form.attributes.has(attribute) && !attribute.startsWith('__'))
      faults.push(`${label} has the attribute '${attribute}', which it does not have in opset ${opset}`);
  for (const [attribute, isNeeded] of form.attributes)
    if (isNeeded && attributes[attribute] === undefined)
      faults.push(`${label} lacks the attribute '${attribute}', which it must have in opset ${opset}`);
  const [least, most] = form.inputs;
  if (inputs.length >= least && inputs.length <= most) return faults;
  const span = most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`;
  return [
    ...faults,
    `${label} has ${inputs.length} inputs, expected ${most === least ? least : span} in opset ${opset}`,
  ];
}

function readTable(): ReadonlyMap<string, readonly Form[]> {
  const words = TABLE.trim().replaceAll(/\s+\|/g, '|').replaceAll(/,\s+/g, ',').split(/\s+/);
  return new Map(
    words.map((word) => {
      const [operator = '', ...versions] = word.split('|');
      return [operator.replace(/^ml:/, 'ai.onnx.ml:'), versions.map(readForm)];
    }),
  );
}

function readForm(text: string): Form {
  const [, version = '', least, most = '', names = ''] = /^(\d+)(?:\((\d+)-(\d*)\)(.*)|\?)$/.exec(text) ?? [];
  const attributes = names.split(',').map((name): [string, boolean] => [name.replace('!', ''), name.endsWith('!')]);
  return {
    version: Number(version),
    inputs: least === undefined ? undefined : [Number(least), most === '' ? Number.POSITIVE_INFINITY : Number(most)],
    attributes: new Map(names === '' ? [] : attributes),
  };
}
