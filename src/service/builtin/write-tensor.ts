import { halfToNumber } from '../float16.js';
import type { TensorLike } from '../tensor.js';

/**
 * Nested lists in the shape of the tensor, empty axes too; a single element for no axes. One form for all elements: bool as true and
 * false, float16 as numbers, int64 and uint64 as numbers where each of them is one that a number can hold, else all as texts. NaN and
 * the infinities, which JSON does not have, are the texts `NaN`, `Infinity`, `-Infinity`.
 */
export function tensorToList(tensor: TensorLike): unknown {
  const { dims } = tensor;
  const elements = elementsOf(tensor);
  if (dims.length === 0) return elements[0];
  const nest = (axis: number, start: number, size: number): unknown[] => {
    const extent = dims[axis] ?? 0;
    if (axis === dims.length - 1)
      return start === 0 && size === elements.length ? elements : elements.slice(start, start + extent);
    const part = extent === 0 ? 0 : size / extent;
    return Array.from({ length: extent }, (_, index) => nest(axis + 1, start + index * part, part));
  };
  return nest(0, 0, elements.length);
}

/** One object for each row: the labels of a ZipMap with their probabilities. */
export function tensorToMaps({ data, dims }: TensorLike, labels: readonly string[]): unknown[] {
  const columns = dims.at(-1) ?? labels.length;
  return Array.from({ length: dims[0] ?? 0 }, (_, row) =>
    Object.fromEntries(labels.map((label, column) => [label, plain(Number(data[row * columns + column]))])),
  );
}

function elementsOf({ type, data }: TensorLike): unknown[] {
  if (type === 'bool' && data instanceof Uint8Array) return Array.from(data, (element) => Boolean(element));
  if (type === 'float16' && data instanceof Uint16Array) return Array.from(data, (bits) => plain(halfToNumber(bits)));
  if (data instanceof Float32Array || data instanceof Float64Array) {
    return data.every((element) => Number.isFinite(element)) ? Array.from(data) : Array.from(data, plain);
  }
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    const fits = data.every((element: bigint) => Number.isSafeInteger(Number(element)));
    return Array.from<bigint, unknown>(data, fits ? Number : String);
  }
  return Array.from<unknown>(data);
}

function plain(number: number): number | string {
  return Number.isFinite(number) ? number : String(number);
}
