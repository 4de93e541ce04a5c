import { elementBytes, type OnnxModel, type OnnxNode, type OnnxValue } from '../model.js';
import { ELEMENTWISE } from '../rows/elementwise.js';
import { LAYERS } from '../rows/layers.js';
import { LEARNING } from '../rows/learning.js';
import { Operation, type OperatorRule } from '../rows/operation.js';
import { computeElements } from '../rows/shape-arithmetic.js';
import { SHAPES } from '../rows/shapes.js';
import type { Extent, Value } from '../rows/value.js';
import { elementTypes } from './element-type.js';
import { exactShapes, plain } from './exact-shapes.js';

/** What open axes are taken for. */
export interface Extents {
  /** Rows of a batch. */
  readonly batch: number;
  /** Sizes of other open axes, by the name that the model gives them; `input[1]` is the second axis of an input where it gives none. */
  readonly axes?: Readonly<Record<string, number>>;
}

/** A value of the graph with its size. */
export interface SizedValue {
  readonly type: string;
  readonly dims: readonly number[];
  readonly bytes: number;
}

/** The sizes of all values of a graph for one batch. */
export interface ValueSizes {
  /** By name; a value whose size cannot be told is not there. */
  readonly values: ReadonlyMap<string, SizedValue>;
  /** Values that are the same for every request: weights, and what is computed from weights alone. */
  readonly constants: ReadonlySet<string>;
  /** Open axes of inputs and what they were taken for without being told: `input.width` to 224. */
  readonly assumed: Readonly<Record<string, number>>;
  /** Inputs and results whose size is not known, and which are therefore not counted. */
  readonly unknown: readonly string[];
  /** The batch size that an input is fixed at, where it is not the one asked for. */
  readonly fixedBatch: number | undefined;
}

const RULES: Readonly<Record<string, OperatorRule>> = { ...ELEMENTWISE, ...SHAPES, ...LAYERS, ...LEARNING };

/** What depends on no request is still made anew for each. */
const NEVER_CONSTANT = /Random|Bernoulli|Multinomial|^(If|Loop|Scan|SequenceMap)$/;

/** An open side of a picture, and any other open axis that has no size. */
const SIDE = 224;
const LENGTH = 128;

/** Works out the size of every value of the main graph. Subgraphs are not followed: what they make is known only where the file says it. */
export function sizeValues(model: OnnxModel, extents: Extents): ValueSizes {
  return new Sizing(model, extents).result();
}

class Sizing {
  readonly #values = new Map<string, Value>();
  readonly #types = new Map<string, string>();
  readonly #constants = new Set<string>();
  readonly #assumed: Record<string, number> = {};
  readonly #symbols = new Map<string, number>();
  readonly #recorded: ReadonlyMap<string, OnnxValue>;
  readonly #model: OnnxModel;
  readonly #extents: Extents;
  #fixedBatch: number | undefined;

  constructor(model: OnnxModel, extents: Extents) {
    this.#model = model;
    this.#extents = extents;
    this.#recorded = new Map([...model.values, ...model.outputs].map((value) => [value.name, value]));
    for (const [name, extent] of Object.entries(extents.axes ?? {})) this.#symbols.set(name, extent);
    for (const { name, type, dims, values } of model.initializers) {
      this.#values.set(name, { dims, ...(values && { elements: values }) });
      this.#types.set(name, type);
      this.#constants.add(name);
    }
    for (const input of model.inputs) this.#input(input);
    for (const node of model.nodes) this.#node(node);
  }

  result(): ValueSizes {
    const values = new Map<string, SizedValue>();
    const unknown: string[] = [];
    for (const [name, value] of this.#values) {
      const dims = plain(value);
      const type = this.#types.get(name) ?? 'unknown';
      const bytes = dims && bytesOf(type, dims);
      if (dims && bytes !== undefined) values.set(name, { type, dims, bytes });
    }
    for (const { name } of this.#model.inputs) if (!values.has(name)) unknown.push(name);
    for (const { outputs } of this.#model.nodes)
      for (const name of outputs) if (name !== '' && !values.has(name)) unknown.push(name);
    return { values, constants: this.#constants, assumed: this.#assumed, unknown, fixedBatch: this.#fixedBatch };
  }

  #input({ name, type, dims = [] }: OnnxValue): void {
    const batchAxis = axisOfRows(dims);
    const sizes = dims.map((extent, axis) => {
      if (typeof extent === 'number' && extent > 0) {
        if (axis === batchAxis && axis === 0 && dims.length > 1 && extent !== this.#extents.batch)
          this.#fixedBatch = extent;
        return extent;
      }
      if (axis === batchAxis) return this.#bind(extent, this.#extents.batch);
      const symbol = typeof extent === 'string' && extent !== '' ? extent : `${name}[${axis}]`;
      const known = this.#symbols.get(symbol);
      if (known !== undefined) return known;
      const guess = dims.length === 4 && axis > 1 ? SIDE : LENGTH;
      this.#assumed[symbol] = guess;
      return this.#bind(extent, guess);
    });
    this.#values.set(name, { dims: sizes });
    this.#types.set(name, type);
  }

  #bind(symbol: number | string | null, extent: number): number {
    if (typeof symbol === 'string' && symbol !== '') this.#symbols.set(symbol, extent);
    return extent;
  }

  #node(node: OnnxNode): void {
    const inputs = node.inputs.map((name) => this.#values.get(name));
    const domain = node.operator.includes(':') ? node.operator.slice(0, node.operator.lastIndexOf(':')) : '';
    const operation = new Operation(node, this.#model.opsets[domain] ?? 1, inputs);
    // Rules take an input that is not there for one that is left out.
    const isUnknown = node.inputs.some((name) => name !== '' && !this.#values.has(name));
    const made = isUnknown || this.#model.functions.includes(node.operator) ? [] : shapesOf(operation);
    const types = elementTypes(
      node,
      node.inputs.map((name) => this.#types.get(name) ?? 'unknown'),
    );
    const isConstant =
      node.inputs.every((name) => name === '' || this.#constants.has(name)) && !NEVER_CONSTANT.test(node.operator);
    for (const [index, name] of node.outputs.entries()) {
      if (name === '') continue;
      const recorded = this.#recorded.get(name);
      const value = completed(made[index], recorded && this.#bound(recorded));
      if (value) this.#values.set(name, value);
      this.#types.set(name, recorded && recorded.type !== 'unknown' ? recorded.type : (types[index] ?? 'unknown'));
      if (isConstant) this.#constants.add(name);
    }
  }

  /** The axes that the file records for a result, its symbols replaced by what they stand for. */
  #bound({ dims }: OnnxValue): readonly Extent[] | undefined {
    return dims?.map((extent) => {
      if (typeof extent === 'number') return extent > 0 ? extent : undefined;
      return extent === null ? undefined : this.#symbols.get(extent);
    });
  }
}

/** The axis of the batch: one that is called so, else the first. */
function axisOfRows(dims: NonNullable<OnnxValue['dims']>): number {
  const named = dims.findIndex((extent) => typeof extent === 'string' && /batch|^[nb]$/i.test(extent));
  return named < 0 ? 0 : named;
}

function shapesOf(operation: Operation): readonly (Value | undefined)[] {
  const computed = computeElements(operation);
  if (computed) return [computed];
  const exact = exactShapes(operation);
  if (exact) return exact;
  const rule = Object.hasOwn(RULES, operation.operator) ? RULES[operation.operator] : undefined;
  const made = rule?.(operation);
  if (made === undefined) return [];
  return 'length' in made ? made : [made];
}

/** What is known of a value from its node, and from the file where that is not enough. */
function completed(made: Value | undefined, recorded: readonly Extent[] | undefined): Value | undefined {
  if (!made?.dims) return recorded ? { dims: recorded } : made;
  if (plain(made) || recorded?.length !== made.dims.length) return made;
  return { ...made, dims: made.dims.map((extent, axis) => extent ?? recorded[axis]) };
}

/** Undefined for what no computer holds: a file can claim any axes. */
function bytesOf(type: string, dims: readonly number[]): number | undefined {
  const bytes = Math.ceil(dims.reduce((all, dim) => all * dim, 1) * elementBytes(type));
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : undefined;
}
