import { elements as count } from '../tensor.js';
import type { Operation } from './operation.js';
import { axisOf, type Element, type Extent, type Value } from './value.js';

/** Elements of a tensor that are followed: shapes have fewer. */
const MOST_ELEMENTS = 64;

/** A small tensor of known axes; undefined when it is not small. */
function small(dims: readonly number[], elements: readonly Element[]): Value | undefined {
  return elements.length <= MOST_ELEMENTS ? { dims, elements } : undefined;
}

/** The axes of a value whose elements are known: all numbers. */
function plainDims(value: Value | undefined): readonly number[] | undefined {
  const dims = value?.dims?.flatMap((extent) => (typeof extent === 'number' ? [extent] : []));
  return dims && dims.length === value?.dims?.length ? dims : undefined;
}

/** One step of the arithmetic of shapes; undefined where it cannot be followed. */
type Step = (operation: Operation) => Value | undefined;

const pass: Step = ({ inputs: [value] }) => value;

/** Element by element, of two tensors of one shape or with one of a single element. */
function combine(work: (a: Element, b: Element) => Element): Step {
  return ({ inputs: [first, second] }) => {
    const [a, b] = [first?.elements, second?.elements];
    const [shapeA, shapeB] = [plainDims(first), plainDims(second)];
    if (!a || !b || !shapeA || !shapeB) return undefined;
    const dims =
      shapeA.length > shapeB.length || (shapeA.length === shapeB.length && a.length >= b.length) ? shapeA : shapeB;
    const length = count(dims);
    if (length > MOST_ELEMENTS || ![1, length].includes(a.length) || ![1, length].includes(b.length)) return undefined;
    const at = (list: readonly Element[], index: number): Element => list[list.length === 1 ? 0 : index];
    return small(
      dims,
      Array.from({ length }, (_, index) => work(at(a, index), at(b, index))),
    );
  };
}

/** Arithmetic on numbers; what is made of the number of rows stays known only where it is that number itself. */
function arithmetic(work: (a: number, b: number) => number, neutral?: number): Step {
  return combine((a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return work(a, b);
    if (a === 'rows' && b === neutral) return 'rows';
    if (b === 'rows' && a === neutral && work(1, 2) === work(2, 1)) return 'rows';
    return [a, b].some((one) => one === 'rows' || one === 'fromRows') ? 'fromRows' : undefined;
  });
}

const equal = combine((a, b) => {
  if (typeof a === 'number' && typeof b === 'number') return Number(a === b);
  // There is no negative number of rows, and -1 stands for "work it out" in shapes.
  if ((a === 'rows' && typeof b === 'number' && b < 0) || (b === 'rows' && typeof a === 'number' && a < 0)) return 0;
  if (a === 'rows' && b === 'rows') return 1;
  return [a, b].some((one) => one === 'rows' || one === 'fromRows') ? 'fromRows' : undefined;
});

const where: Step = ({ inputs: [condition, yes, no] }) => {
  const dims = plainDims(condition);
  const length = condition?.elements?.length;
  if (!dims || length === undefined || yes?.elements?.length !== length || no?.elements?.length !== length)
    return undefined;
  return small(
    dims,
    condition?.elements?.map((holds, index) => {
      const [a, b] = [yes.elements?.[index], no.elements?.[index]];
      if (typeof holds === 'number') return holds ? a : b;
      return [holds, a, b].some((one) => one === 'rows' || one === 'fromRows') ? 'fromRows' : undefined;
    }) ?? [],
  );
};

const constant: Step = (operation) => {
  const tensor = operation.attribute('value')?.tensor;
  if (tensor)
    return tensor.values ? (small(tensor.dims, tensor.values) ?? { dims: tensor.dims }) : { dims: tensor.dims };
  for (const name of ['value_int', 'value_float', 'value_string'])
    if (operation.has(name)) return scalar(operation, name);
  for (const name of ['value_ints', 'value_floats', 'value_strings']) {
    const list = operation.attribute(name);
    if (!list || list.isCut) continue;
    const numbers = list.ints.length > 0 ? list.ints : list.floats;
    const dims = [Math.max(numbers.length, list.strings.length)];
    return numbers.length > 0 ? (small(dims, numbers) ?? { dims }) : { dims };
  }
  return undefined;
};

function scalar(operation: Operation, name: string): Value {
  const { ints = [], floats = [] } = operation.attribute(name) ?? {};
  const [number = floats[0]] = ints;
  return number === undefined ? { dims: [] } : { dims: [], elements: [number] };
}

const shape: Step = (operation) => {
  const dims = operation.dims();
  if (!dims) return undefined;
  const part = dims.slice(operation.int('start', 0), operation.int('end', dims.length));
  return small([part.length], part);
};

const gather: Step = (operation) => {
  const [data, indices] = operation.inputs;
  const [dims, chosen] = [plainDims(data), operation.numbers(1)];
  const shapeOf = plainDims(indices);
  if (dims?.length !== 1 || !data?.elements || !chosen || !shapeOf) return undefined;
  const { elements } = data;
  return small(
    shapeOf,
    chosen.map((index) => elements[index < 0 ? index + elements.length : index]),
  );
};

const concat: Step = ({ inputs }) => {
  const parts = inputs.map((value) => (plainDims(value)?.length === 1 ? value?.elements : undefined));
  const all = parts.flatMap((part) => part ?? []);
  return parts.includes(undefined) ? undefined : small([all.length], all);
};

const slice: Step = (operation) => {
  const value = operation.inputs[0];
  const inputs = operation.inputs.length > 1;
  const starts = inputs ? operation.numbers(1) : operation.ints('starts');
  const ends = inputs ? operation.numbers(2) : operation.ints('ends');
  const steps = operation.inputs[4] ? operation.numbers(4) : [1];
  if (plainDims(value)?.length !== 1 || !value?.elements || starts?.length !== 1 || ends?.length !== 1)
    return undefined;
  if (steps?.[0] !== 1) return undefined;
  const part = value.elements.slice(starts[0], ends[0]);
  return small([part.length], part);
};

const reshape: Step = (operation) => {
  const [value] = operation.inputs;
  const wanted = operation.numbers(1) ?? operation.ints('shape');
  if (!value?.elements || wanted?.length !== 1) return undefined;
  return small([value.elements.length], value.elements);
};

const squeeze: Step = (operation) => {
  const [value] = operation.inputs;
  return value?.elements?.length === 1 ? { dims: [], elements: value.elements } : undefined;
};

const unsqueeze: Step = (operation) => {
  const [value] = operation.inputs;
  const dims = plainDims(value);
  const axes = operation.ints('axes') ?? operation.numbers(1);
  if (!value?.elements || !dims || !axes) return undefined;
  const rank = dims.length + axes.length;
  const added = axes.map((axis) => axisOf(axis, rank));
  const result: Extent[] = [];
  for (let axis = 0, from = 0; axis < rank; axis++) result.push(added.includes(axis) ? 1 : dims[from++]);
  const plain = plainDims({ dims: result });
  return plain && small(plain, value.elements);
};

const constantOfShape: Step = (operation) => {
  const dims = operation.numbers(0);
  const fill = operation.attribute('value')?.tensor?.values?.[0] ?? 0;
  if (!dims || count(dims) > MOST_ELEMENTS) return undefined;
  return small(
    dims,
    Array.from({ length: count(dims) }, () => fill),
  );
};

/** How exporters compute shapes: what each operator makes of small tensors whose elements are known. */
const STEPS: Readonly<Record<string, Step>> = {
  Constant: constant,
  Shape: shape,
  Gather: gather,
  Concat: concat,
  Slice: slice,
  Reshape: reshape,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  ConstantOfShape: constantOfShape,
  Cast: pass,
  Identity: pass,
  Add: arithmetic((a, b) => a + b, 0),
  Sub: arithmetic((a, b) => a - b, 0),
  Mul: arithmetic((a, b) => a * b, 1),
  Div: arithmetic((a, b) => Math.trunc(a / b), 1),
  Equal: equal,
  Where: where,
};

/** What the operator makes of small tensors whose elements are known; undefined where that cannot be followed. */
export function computeElements(operation: Operation): Value | undefined {
  const step = Object.hasOwn(STEPS, operation.operator) ? STEPS[operation.operator] : undefined;
  const value = step?.(operation);
  return value?.elements || operation.operator === 'Constant' ? value : undefined;
}
