import { apart } from './elementwise.js';
import type { OperatorRule } from './operation.js';
import { axisOf, broadcast, type Element, type Extent, rowsAxis, shaped } from './value.js';

/** The product of axes that are all numbers. */
function product(extents: readonly (Element | Extent)[]): number | undefined {
  let result = 1;
  for (const extent of extents) {
    if (typeof extent !== 'number') return undefined;
    result *= extent;
  }
  return result;
}

/**
 * Row-major data under another shape: the rows stay apart where what lies before their axis has as many elements as before, and
 * the axis itself is as long.
 */
const reshape: OperatorRule = (operation) => {
  const dims = operation.dims();
  const wanted = operation.inputs[1]?.elements ?? operation.ints('shape');
  if (!dims || !wanted) return undefined;
  const copies = operation.int('allowzero', 0) === 0;
  const target: Element[] = wanted.map((extent, axis) => (extent === 0 && copies ? dims[axis] : extent));
  const rows = operation.rows();
  if (rows === undefined)
    return shaped(target.map((extent) => (extent === -1 || extent === 'fromRows' ? undefined : extent)));
  // Copied axes are as long as they were, known or not.
  let from = 0;
  while (from < rows && wanted[from] === 0 && copies) from++;
  const before = product(dims.slice(from, rows));
  if (before === undefined) return undefined;
  for (let axis = from; axis < target.length; axis++) {
    if (product(target.slice(from, axis)) !== before) continue;
    const rest = target.slice(axis + 1);
    const extent = target[axis];
    const size = product(dims.slice(rows + 1));
    const isRows = extent === 'rows' || (extent === -1 && size !== undefined && size === product(rest));
    if (!isRows || rest.includes('fromRows')) continue;
    const known = product(rest.filter((other) => other !== -1));
    const inner = (other: Element): Extent => {
      if (other !== -1) return other === 'fromRows' ? undefined : other;
      return size === undefined || !known ? undefined : size / known;
    };
    return shaped([...target.slice(0, axis).map(inner), 'rows', ...rest.map(inner)]);
  }
  return undefined;
};

const flatten: OperatorRule = (operation) => {
  const dims = operation.dims();
  const axis = dims && operation.int('axis', 1);
  if (!dims || axis === undefined) return undefined;
  const at = axis < 0 ? axis + dims.length : axis;
  const rows = operation.rows();
  if (rows !== undefined && (rows !== 0 || at !== 1)) return undefined;
  return shaped([rows === 0 ? 'rows' : product(dims.slice(0, at)), product(dims.slice(at))]);
};

const transpose: OperatorRule = (operation) => {
  const dims = operation.dims();
  const order = operation.ints('perm') ?? dims?.map((_, axis) => axis).reverse();
  return dims && order?.length === dims.length ? shaped(order.map((axis) => dims[axis])) : undefined;
};

const squeeze: OperatorRule = (operation) => {
  const dims = operation.dims();
  const axes = dims && operation.axes('axes', 1, dims.length);
  if (!dims || !axes || axes.some((axis) => dims[axis] === 'rows')) return undefined;
  return shaped(dims.filter((_, axis) => !axes.includes(axis)));
};

const unsqueeze: OperatorRule = (operation) => {
  const dims = operation.dims();
  const given = operation.ints('axes') ?? operation.numbers(1);
  const axes = dims && given && operation.axes('axes', 1, dims.length + given.length);
  if (!dims || !axes) return undefined;
  const result: Extent[] = [];
  for (let axis = 0, from = 0; axis < dims.length + axes.length; axis++)
    result.push(axes.includes(axis) ? 1 : dims[from++]);
  return shaped(result);
};

const expand: OperatorRule = (operation) => {
  const [value] = operation.inputs;
  const wanted = operation.inputs[1]?.elements;
  if (!value || !wanted || wanted.includes('fromRows')) return undefined;
  return broadcast([value, { dims: wanted.map((extent) => (extent === 'fromRows' ? undefined : extent)) }]);
};

const tile: OperatorRule = (operation) => {
  const dims = operation.dims();
  const repeats = operation.numbers(1);
  if (!dims || repeats?.length !== dims.length) return undefined;
  const result = dims.map((extent, axis) => (typeof extent === 'number' ? extent * (repeats[axis] ?? 1) : extent));
  return repeats.some((times, axis) => dims[axis] === 'rows' && times !== 1)
    ? undefined
    : shaped(result.map((extent, axis) => (extent === undefined && repeats[axis] !== 1 ? undefined : extent)));
};

const concat: OperatorRule = (operation) => {
  const shapes = operation.inputs.map((value) => value?.dims);
  const [first] = shapes;
  if (!first || shapes.includes(undefined)) return undefined;
  const rows = operation.inputs.find((value) => value && rowsAxis(value) !== undefined);
  const axis = axisOf(operation.int('axis', 1), first.length);
  if (axis === undefined) return undefined;
  const at = rows && rowsAxis(rows);
  const agree = shapes.every((dims) => dims?.length === first.length && (at === undefined || dims[at] === 'rows'));
  if (!agree || at === axis) return undefined;
  const parts = shapes.map((dims) => dims?.[axis]);
  const sum = product(parts) === undefined ? undefined : parts.reduce<number>((all, part) => all + Number(part), 0);
  return shaped(first.map((extent, index) => (index === axis ? sum : extent)));
};

const split: OperatorRule = (operation) => {
  const dims = operation.dims();
  const axis = operation.axis(0);
  if (!dims || !apart(operation, axis) || !operation.isFixedFrom(1)) return undefined;
  const part = shaped(dims.map((extent, index) => (index === axis ? undefined : extent)));
  return Array.from({ length: operation.outputs }, () => part);
};

const slice: OperatorRule = (operation) => {
  const dims = operation.dims();
  if (!dims || !operation.isFixedFrom(1)) return undefined;
  const isInput = operation.inputs.length > 1;
  const count = isInput ? operation.inputs[1]?.dims?.[0] : operation.ints('starts')?.length;
  const given = isInput ? operation.inputs[3] !== undefined : operation.has('axes');
  const axes = given
    ? operation.axes('axes', 3, dims.length)
    : typeof count === 'number' && count <= dims.length
      ? Array.from({ length: count }, (_, axis) => axis)
      : undefined;
  if (!axes || axes.some((axis) => dims[axis] === 'rows')) return undefined;
  return shaped(dims.map((extent, axis) => (axes.includes(axis) ? undefined : extent)));
};

/** Rows of a table by number: either the table holds the requests' rows, on another axis, or the numbers do. */
const gather: OperatorRule = (operation) => {
  const [data, indices] = [operation.dims(0), operation.dims(1)];
  const axis = operation.axis(0);
  if (!data || !indices || axis === undefined) return undefined;
  if (operation.rows(0) !== undefined && (!operation.isFixed(1) || operation.rows(0) === axis)) return undefined;
  return shaped([...data.slice(0, axis), ...indices, ...data.slice(axis + 1)]);
};

const gatherElements: OperatorRule = (operation) => {
  const [data, indices] = [operation.dims(0), operation.dims(1)];
  const axis = operation.axis(0);
  if (!data || !indices || axis === undefined) return undefined;
  const isApart = operation.rows(0) === operation.rows(1) && operation.rows(0) !== axis;
  return isApart ? shaped(indices) : undefined;
};

/** Padding of other axes than that of the rows. */
const pad: OperatorRule = (operation) => {
  const dims = operation.dims();
  if (!dims || !operation.isFixedFrom(1)) return undefined;
  const pads = operation.ints('pads') ?? operation.ints('paddings') ?? operation.numbers(1);
  const axes = operation.inputs[3] ? operation.axes('axes', 3, dims.length) : dims.map((_, axis) => axis);
  if (!pads || axes?.length !== pads.length / 2) return undefined;
  const added = (axis: number): number => {
    const at = axes.indexOf(axis);
    return at < 0 ? 0 : (pads[at] ?? 0) + (pads[at + axes.length] ?? 0);
  };
  const touches = axes.some((axis, at) => dims[axis] === 'rows' && (pads[at] !== 0 || pads[at + axes.length] !== 0));
  if (touches) return undefined;
  return shaped(dims.map((extent, axis) => (typeof extent === 'number' ? extent + added(axis) : extent)));
};

/** A new tensor of one value: with the number of rows in its shape it has rows, all alike. */
const constantOfShape: OperatorRule = ({ inputs }) => {
  const wanted = inputs[0]?.elements;
  if (!wanted || wanted.includes('fromRows')) return undefined;
  return shaped(wanted.map((extent) => (extent === 'fromRows' ? undefined : extent)));
};

/** Images made larger or smaller, one by one. */
const resize: OperatorRule = (operation) => {
  const dims = operation.dims();
  const rows = operation.rows();
  if (!dims || !operation.isFixed(1, 2)) return undefined;
  const axes = operation.axes('axes', -1, dims.length) ?? dims.map((_, axis) => axis);
  const isOld = operation.operator === 'Upsample' || operation.opset < 11;
  const scales = operation.attribute('scales')?.floats ?? operation.numbers(isOld ? 1 : 2);
  const sizes = operation.inputs[3]?.elements;
  const at = rows === undefined ? -1 : axes.indexOf(rows);
  const isWhole = at < 0 || (sizes?.length ? sizes[at] === 'rows' : scales?.[at] === 1);
  if (!isWhole) return undefined;
  return shaped(
    dims.map((extent, axis) =>
      axis === rows ? 'rows' : axes.includes(axis) ? sized(extent, axes.indexOf(axis), scales, sizes) : extent,
    ),
  );
};

function sized(
  extent: Extent,
  at: number,
  scales: readonly number[] | undefined,
  sizes: readonly Element[] | undefined,
): Extent {
  const size = sizes?.[at];
  if (typeof size === 'number') return size;
  const scale = scales?.[at];
  return typeof extent === 'number' && scale !== undefined && !sizes?.length ? Math.floor(extent * scale) : undefined;
}

const oneHot: OperatorRule = (operation) => {
  const dims = operation.dims();
  const at = dims && axisOf(operation.int('axis', -1), dims.length + 1);
  if (!dims || at === undefined || !operation.isFixed(1, 2)) return undefined;
  return shaped([...dims.slice(0, at), undefined, ...dims.slice(at)]);
};

const trilu: OperatorRule = (operation) => {
  const dims = operation.dims();
  const rows = operation.rows();
  if (!dims || !operation.isFixed(1) || (rows !== undefined && rows >= dims.length - 2)) return undefined;
  return shaped(dims);
};

/** Operators that move axes and elements. */
export const SHAPES: Readonly<Record<string, OperatorRule>> = {
  Reshape: reshape,
  Flatten: flatten,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Expand: expand,
  Tile: tile,
  Concat: concat,
  Split: split,
  Slice: slice,
  Gather: gather,
  GatherElements: gatherElements,
  Pad: pad,
  ConstantOfShape: constantOfShape,
  Resize: resize,
  Upsample: resize,
  OneHot: oneHot,
  Trilu: trilu,
};

/** Inputs of these operators may count the rows: their rules look at it. */
export const COUNTING: ReadonlySet<string> = new Set(['Reshape', 'Expand', 'ConstantOfShape', 'Resize']);
