import type { OnnxModel, OnnxNode, OnnxValue } from '../model.js';
import { ELEMENTWISE } from './elementwise.js';
import { LAYERS } from './layers.js';
import { LEARNING } from './learning.js';
import { Operation, type OperatorRule } from './operation.js';
import { computeElements } from './shape-arithmetic.js';
import { COUNTING, SHAPES } from './shapes.js';
import { ANYTHING, countsRows, rowsAxis, type Value } from './value.js';

/** Whether requests can share one run of the model, and why not. */
export type Joining = { readonly joins: true } | { readonly joins: false; readonly why: string };

const RULES: Readonly<Record<string, OperatorRule>> = { ...ELEMENTWISE, ...SHAPES, ...LAYERS, ...LEARNING };

/** What depends on no request is still not the same alone and joined: drawn by lot, or reading values that are not its inputs. */
const NEVER_FIXED = /Random|Bernoulli|Multinomial|^(If|Loop|Scan|SequenceMap)$/;

/** A value whose rows may have been mixed: which node did it. */
interface Mixed {
  readonly mixedBy: string;
}

/**
 * Proves that requests which are laid one after the other along the first axis of every input come out one after the other along
 * the first axis of every output, each as it would alone. Every operator is followed, with what is known of shapes; an operator
 * that is not known, one that works along the axis of the rows, and a subgraph prove nothing. Sizes of the other axes are taken to
 * be the same for all requests of a batch.
 */
export function keepsRowsApart(model: OnnxModel): Joining {
  const fault = faultOfInputs(model);
  if (fault !== undefined) return { joins: false, why: fault };
  const values = new Map<string, Value | Mixed>();
  for (const { name, dims, values: elements } of model.initializers)
    values.set(name, { dims, ...(elements && { elements }) });
  for (const { name, dims = [] } of model.inputs)
    values.set(name, {
      dims: dims.map((extent, axis) => (axis === 0 ? 'rows' : typeof extent === 'number' ? extent : undefined)),
    });
  for (const node of model.nodes) {
    const made = follow(node, model, values);
    for (const [index, name] of node.outputs.entries()) if (name !== '') values.set(name, made[index] ?? mixed(node));
  }
  for (const output of model.outputs) {
    const why = faultOfOutput(output, values.get(output.name));
    if (why !== undefined) return { joins: false, why };
  }
  return { joins: true };
}

function mixed({ operator, name }: OnnxNode): Mixed {
  return { mixedBy: name === '' ? `an operator ${operator}` : `the operator ${operator} ('${name}')` };
}

function follow(
  node: OnnxNode,
  model: OnnxModel,
  values: ReadonlyMap<string, Value | Mixed>,
): readonly (Value | Mixed | undefined)[] {
  const inputs: (Value | undefined)[] = [];
  for (const name of node.inputs) {
    const value = values.get(name);
    if (value && 'mixedBy' in value) return node.outputs.map(() => value);
    if (name !== '' && value === undefined) return [];
    inputs.push(value);
  }
  const domain = node.operator.includes(':') ? node.operator.slice(0, node.operator.lastIndexOf(':')) : '';
  const operation = new Operation(node, model.opsets[domain] ?? 1, inputs);
  const computed = computeElements(operation);
  if (computed) return [computed];
  const known = inputs.flatMap((value) => (value ? [value] : []));
  if (known.some(countsRows) && !COUNTING.has(node.operator)) return [];
  const isOwn = model.functions.includes(node.operator);
  const rule = Object.hasOwn(RULES, node.operator) && !isOwn ? RULES[node.operator] : undefined;
  const made = rule?.(operation);
  if (made !== undefined) return 'length' in made ? made : [made];
  const isFixed = known.every((value) => rowsAxis(value) === undefined && !countsRows(value));
  return isFixed && !NEVER_FIXED.test(node.operator) ? node.outputs.map(() => ANYTHING) : [];
}

const symbolOf = ({ dims }: OnnxValue): string => (typeof dims?.[0] === 'string' ? dims[0] : '');

function faultOfInputs({ inputs }: OnnxModel): string | undefined {
  for (const { name, type, dims } of inputs) {
    if (['sequence', 'map', 'sparse tensor', 'optional'].includes(type)) return `the input '${name}' is not a tensor`;
    if (dims === undefined) return `the input '${name}' has no known axes`;
    if (dims.length === 0) return `the input '${name}' is a scalar`;
    if (typeof dims[0] === 'number') return `the first axis of the input '${name}' is fixed at ${dims[0]}`;
  }
  const [first] = inputs;
  if (!first) return 'the model has no inputs';
  const other = inputs.find((input) => symbolOf(input) !== symbolOf(first));
  if (!other) return undefined;
  const [one, two] = [first, other].map((input) => `'${input.name}' (${symbolOf(input) || 'without a name'})`);
  return `the first axes of the inputs ${one} and ${two} are not the same`;
}

function faultOfOutput({ name, dims }: OnnxValue, value: Value | Mixed | undefined): string | undefined {
  if (value && 'mixedBy' in value) return `${value.mixedBy} is not known to keep the rows of a batch apart`;
  const rows = value && rowsAxis(value);
  if (rows === undefined) return `the output '${name}' does not depend on the input`;
  if (rows !== 0) return `the output '${name}' has its rows on axis ${rows}`;
  return typeof dims?.[0] === 'number' ? `the first axis of the output '${name}' is fixed at ${dims[0]}` : undefined;
}
