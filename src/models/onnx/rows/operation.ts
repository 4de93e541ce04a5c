import type { OnnxAttribute, OnnxNode } from '../model.js';
import { axisOf, countsRows, rowsAxis, type Value } from './value.js';

/** One node with what is known about its inputs, as the rules of the operators see it. */
export class Operation {
  readonly operator: string;
  /** Version of the operator's domain. */
  readonly opset: number;
  /** In order; undefined for an input that is left out. */
  readonly inputs: readonly (Value | undefined)[];
  /** How many outputs the node makes. */
  readonly outputs: number;
  readonly #attributes: Readonly<Record<string, OnnxAttribute>>;

  constructor(node: OnnxNode, opset: number, inputs: readonly (Value | undefined)[]) {
    this.operator = node.operator;
    this.opset = opset;
    this.inputs = inputs;
    this.outputs = node.outputs.length;
    this.#attributes = node.attributes;
  }

  has(attribute: string): boolean {
    return attribute in this.#attributes;
  }

  int(attribute: string): number | undefined;
  int(attribute: string, otherwise: number): number;
  int(attribute: string, otherwise?: number): number | undefined {
    return this.#attributes[attribute]?.ints[0] ?? otherwise;
  }

  ints(attribute: string): readonly number[] | undefined {
    return this.#attributes[attribute]?.ints;
  }

  text(attribute: string): string | undefined {
    return this.#attributes[attribute]?.strings[0];
  }

  attribute(name: string): OnnxAttribute | undefined {
    return this.#attributes[name];
  }

  /** The axes that the first input and every other one have; undefined where the input is absent or its rank unknown. */
  dims(input = 0): Value['dims'] {
    return this.inputs[input]?.dims;
  }

  /** The axis of the rows in an input; undefined for one without rows. */
  rows(input = 0): number | undefined {
    const value = this.inputs[input];
    return value && rowsAxis(value);
  }

  /** True when every input from the given one on is absent or the same for every request, alone and joined. */
  isFixed(...inputs: number[]): boolean {
    return inputs.every((index) => {
      const value = this.inputs[index];
      return value === undefined || (rowsAxis(value) === undefined && !countsRows(value));
    });
  }

  /** True when all inputs from this one on are fixed. */
  isFixedFrom(first: number): boolean {
    return this.isFixed(...this.inputs.map((_value, index) => index).slice(first));
  }

  /** The whole numbers of an input, where all are known. */
  numbers(input: number): readonly number[] | undefined {
    const elements = this.inputs[input]?.elements;
    const numbers = elements?.flatMap((element) => (typeof element === 'number' ? [element] : []));
    return numbers && numbers.length === elements?.length ? numbers : undefined;
  }

  /** Axes from an attribute, which newer opsets take as an input; all of them resolved. Undefined where they are not known. */
  axes(attribute: string, input: number, rank: number): readonly number[] | undefined {
    const given = this.has(attribute) ? this.ints(attribute) : this.numbers(input);
    const resolved = given?.flatMap((axis) => axisOf(axis, rank) ?? []);
    return resolved && resolved.length === given?.length ? resolved : undefined;
  }

  /** The attribute `axis`, resolved for the first input. */
  axis(otherwise: number): number | undefined {
    const rank = this.dims()?.length;
    return rank === undefined ? undefined : axisOf(this.int('axis', otherwise), rank);
  }
}

/**
 * What an operator makes of its inputs: its first outputs in order. Undefined where it is not proven that rows stay apart. A rule
 * hears of inputs that count rows only where it says so in its table.
 */
export type OperatorRule = (operation: Operation) => readonly (Value | undefined)[] | Value | undefined;
