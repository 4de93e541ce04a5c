import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from '../model.js';
import { type Implementation, implementationOf, type Slot, slotAt } from './implementations.js';
import { saidType } from './made-types.js';
import { bind, clashOf, fits, onlyType } from './variables.js';

/** A node that ONNX Runtime cannot run on the CPU for the types that it gets. */
export interface KernelFault {
  /** `a node Conv` or `the node 'conv1' (Conv)`. */
  readonly node: string;
  /** Goes on from the node: `gets float64, for which …`. */
  readonly problem: string;
  readonly found: string;
  /** Types that it could get; none where the runtime does not have the operator at all. */
  readonly possible: readonly string[];
}

/** Functions in functions are followed to this depth. */
const MOST_CALLS = 16;
/** Calls of functions that are followed at most: a file can make more of them than anybody can count. */
const MOST_FOLLOWED = 10_000;

/** Names and their element types; what is not a tensor, and what is not known, has none. */
type Types = Map<string, string>;

/** The graph around a node. */
interface Place {
  readonly types: Types;
  /** Values that no request changes: what depends on one of them alone may be decided before anything runs. */
  readonly constants: Set<string>;
  readonly opsets: Readonly<Record<string, number>>;
  readonly calls: number;
}

/**
 * The nodes of a model that cannot be run on the CPU by the types of all their inputs and outputs, one for each operator and type: in the main graph, in the
 * graphs inside of nodes and in the model's own functions. What is not certain is left out: values of unknown type, branches that a constant
 * decides on, operators of other domains.
 */
export function kernelFaults(model: OnnxModel): KernelFault[] {
  const { opsets, inputs, defaults } = model;
  const place = { types: new Map(), constants: new Set<string>(), opsets, calls: 0 };
  const walk = new Walk(model);
  walk.graph({ ...model, inputs: [...inputs, ...defaults] }, place);
  return [...walk.faults.values()];
}

class Walk {
  readonly faults = new Map<string, KernelFault>();
  readonly #model: OnnxModel;
  #followed = 0;

  constructor(model: OnnxModel) {
    this.#model = model;
  }

  graph({ inputs, outputs, values, initializers, nodes }: OnnxGraph, place: Place): void {
    for (const { name, type } of initializers) this.#declare(place, { name, type });
    for (const { name } of initializers) place.constants.add(name);
    for (const input of inputs) {
      this.#declare(place, input);
      place.constants.delete(input.name);
    }
    const declared = new Map([...values, ...outputs].map((value) => [value.name, value]));
    for (const node of nodes) this.#node(node, place, declared);
  }

  #declare({ types }: Place, { name, type }: Pick<OnnxTensor, 'name' | 'type'>): void {
    if (NOT_TENSORS.has(type)) types.delete(name);
    else types.set(name, type);
  }

  #node(node: OnnxNode, place: Place, declared: ReadonlyMap<string, OnnxValue>): void {
    const { types, constants, opsets } = place;
    const inputs = node.inputs.map((input) => types.get(input));
    const isConstant = node.inputs.every((input) => input === '' || constants.has(input));
    const domain = node.operator.includes(':') ? node.operator.slice(0, node.operator.lastIndexOf(':')) : '';
    const implementation = implementationOf(node.operator, opsets[domain] ?? 0);
    const own = this.#model.functionBodies.get(node.operator);
    const made = own ? this.#call(node, inputs, place) : this.#made(node, inputs, implementation);
    for (const [at, output] of node.outputs.entries()) {
      if (isConstant) constants.add(output);
      const said = declared.get(output)?.type;
      const written = said !== undefined && !NOT_TENSORS.has(said) ? said : undefined;
      const known = made[at] ?? written;
      if (written !== undefined && known !== undefined && written !== known)
        this.#add(node, `${known} ${written}`, {
          problem: `makes ${known} of '${output}', which the model says is ${written}`,
          found: known,
          possible: [written],
        });
      if (known === undefined) types.delete(output);
      else types.set(output, known);
    }
    if (!own && implementation) this.#check(node, inputs, place, implementation);
    // Which branch is run is decided before the session is made where a constant decides it.
    if (node.operator === 'If' && node.inputs[0] !== undefined && constants.has(node.inputs[0])) return;
    for (const { graph } of Object.values(node.attributes)) {
      if (!graph) continue;
      const inner = { ...place, types: new Map(types), constants: new Set(constants) };
      this.graph(withInputs(graph, node, inputs), inner);
    }
  }

  /** The types of a node's outputs, as far as they follow from its inputs. */
  #made(
    node: OnnxNode,
    inputs: readonly (string | undefined)[],
    implementation: Implementation | undefined,
  ): readonly (string | undefined)[] {
    const said = saidType(node, inputs);
    if (said !== undefined || !implementation) return [said];
    const bound = bind(implementation.inputs, inputs);
    return node.outputs.map((_output, at) => {
      const slot = slotAt(implementation.outputs, at);
      return slot?.variable === undefined
        ? slot?.type
        : (bound.get(slot.variable) ?? onlyType(implementation, slot.variable));
    });
  }

  #call(node: OnnxNode, inputs: readonly (string | undefined)[], { calls }: Place): readonly (string | undefined)[] {
    const body = this.#model.functionBodies.get(node.operator);
    if (!body || calls >= MOST_CALLS || ++this.#followed > MOST_FOLLOWED) return [];
    const types: Types = new Map();
    for (const [at, name] of body.inputs.entries()) {
      const type = inputs[at];
      if (type !== undefined) types.set(name, type);
    }
    const { nodes, opsets } = body;
    const place = { types, constants: new Set<string>(), opsets, calls: calls + 1 };
    this.graph({ inputs: [], outputs: [], values: [], initializers: [], nodes }, place);
    return body.outputs.map((name) => types.get(name));
  }

  #check(
    node: OnnxNode,
    inputs: readonly (string | undefined)[],
    { types }: Place,
    { inputs: taken, outputs: given, choices }: Implementation,
  ): void {
    const outputs = node.outputs.map((output) => types.get(output));
    const clash = clashOf(taken, inputs);
    if (clash) {
      const [one, other] = clash;
      this.#add(node, `${one} ${other}`, {
        problem: `gets ${one} and ${other}, where ONNX Runtime takes one type for both`,
        found: `${one} and ${other}`,
        possible: [one, other],
      });
      return;
    }
    for (const [at, type] of inputs.entries()) {
      const fixed = slotAt(taken, at)?.type;
      if (type === undefined || fixed === undefined || type === fixed) continue;
      this.#add(node, type, {
        problem: `gets ${type} as input ${at + 1}, where it takes ${fixed}`,
        found: type,
        possible: [fixed],
      });
      return;
    }
    if (RECURRENT.has(node.operator) && node.attributes['layout']?.ints[0] === 1) {
      const problem = 'has layout 1, the batch first, which ONNX Runtime does not have on the CPU';
      this.#add(node, 'layout', { problem, found: 'layout 1', possible: ['layout 0'] });
    }
    const bound = new Map([...bind(given, outputs), ...bind(taken, inputs)]);
    if (bound.size === 0 && choices.length > 0) return;
    if (fits(bound, choices)) return;
    this.#add(node, [...bound.values()].join(' '), misfit(bound, choices, taken));
  }

  #add(node: OnnxNode, key: string, fault: Omit<KernelFault, 'node'>): void {
    const { name, operator } = node;
    const label = name === '' ? `a node ${operator}` : `the node '${name}' (${operator})`;
    const known = `${operator} ${key}`;
    if (!this.faults.has(known)) this.faults.set(known, { node: label, ...fault });
  }
}

const NOT_TENSORS: ReadonlySet<string> = new Set([
  'sequence',
  'map',
  'optional',
  'sparse tensor',
  'unknown',
  'undefined',
]);

const RECURRENT: ReadonlySet<string> = new Set(['GRU', 'LSTM', 'RNN']);

/** The inputs of a Loop's or Scan's body with the types of what the node gives them, where the body does not say them. */
function withInputs(graph: OnnxGraph, { operator }: OnnxNode, given: readonly (string | undefined)[]): OnnxGraph {
  const first = operator === 'Loop' ? 0 : undefined;
  if (first === undefined) return graph;
  const inputs = graph.inputs.map((input, at) =>
    NOT_TENSORS.has(input.type) && at >= 2 ? { ...input, type: given[at] ?? input.type } : input,
  );
  return { ...graph, inputs };
}

/** The variable that does not fit, with the others as they are. */
function misfit(
  bound: ReadonlyMap<number, string>,
  choices: Implementation['choices'],
  taken: readonly Slot[],
): Omit<KernelFault, 'node'> {
  const wrong = [...bound].find(([one]) => fits(new Map([...bound].filter(([variable]) => variable !== one)), choices));
  const [variable, type] = wrong ?? [...bound][0] ?? [0, 'what it gets'];
  const rest = [...bound].filter(([other]) => other !== variable);
  const fitting = choices.filter((choice) => fits(new Map(rest), [choice]));
  const possible = [
    ...new Set((fitting.length > 0 ? fitting : choices).flatMap((choice) => [...(choice.get(variable) ?? [])])),
  ];
  const isMade = taken.every((slot) => slot.variable !== variable);
  return {
    problem: `${isMade ? 'makes' : 'gets'} ${type}, for which ONNX Runtime does not have it on the CPU`,
    found: type,
    possible,
  };
}
