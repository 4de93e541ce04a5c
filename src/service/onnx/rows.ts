import { ELEMENT_ARRAYS, isNumeric, type TensorLike, type Tensors } from '../tensor.js';
import { pad } from './pad.js';

/** What fills the end of shorter tensors, by input name. */
export type Padding = Readonly<Record<string, number>>;

interface Joined {
  readonly tensors: Tensors;
  /** Rows of each request, in order. */
  readonly rows: readonly number[];
}

/**
 * All requests' tensors along their first axis; undefined when names, types or the other axes differ. Inputs that `padding` names
 * may differ in their other axes: each is filled up to the longest.
 */
export function concatenate(requests: readonly Tensors[], padding: Padding = {}): Joined | undefined {
  const names = Object.keys(requests[0] ?? {});
  const rows: number[] = [];
  for (const request of requests) {
    const count = rowsOf(request);
    if (count === undefined || Object.keys(request).length !== names.length) return undefined;
    rows.push(count);
  }
  const tensors = new Map<string, TensorLike>();
  for (const name of names) {
    const parts = requests.flatMap((request) => (Object.hasOwn(request, name) ? (request[name] ?? []) : []));
    const fill = Object.hasOwn(padding, name) ? padding[name] : undefined;
    const joined = join(fill === undefined ? parts : fillUp(parts, fill));
    if (joined?.dims[0] !== total(rows)) return undefined;
    tensors.set(name, joined);
  }
  return { tensors: Object.fromEntries(tensors), rows };
}

/** The outputs of a joined run, cut back into those of each request; undefined when an output has another number of rows. */
export function splitRows(outputs: Tensors, rows: readonly number[]): Tensors[] | undefined {
  const all = total(rows);
  if (all === 0 || Object.values(outputs).some(({ dims }) => dims[0] !== all)) return undefined;
  let start = 0;
  return rows.map((count) => {
    const own = Object.entries(outputs).map(([name, { type, data, dims }]): [string, TensorLike] => {
      const row = data.length / all;
      return [name, { type, data: data.slice(start * row, (start + count) * row), dims: [count, ...dims.slice(1)] }];
    });
    start += count;
    return Object.fromEntries(own);
  });
}

function total(rows: readonly number[]): number {
  return rows.reduce((sum, count) => sum + count, 0);
}

/** The first axis that all tensors of a request share. */
function rowsOf(request: Tensors): number | undefined {
  const counts = new Set(Object.values(request).map(({ dims }) => dims[0]));
  return counts.size === 1 ? [...counts][0] : undefined;
}

/** Tensors of one rank, all but their first axis as long as the longest. */
function fillUp(parts: readonly TensorLike[], fill: number): readonly TensorLike[] {
  const [first] = parts;
  if (!first || parts.some(({ dims }) => dims.length !== first.dims.length)) return parts;
  const longest = first.dims.map((_, axis) => Math.max(...parts.map(({ dims }) => dims[axis] ?? 0)));
  return parts.map((part) => pad(part, [part.dims[0] ?? 0, ...longest.slice(1)], fill));
}

function join(parts: readonly TensorLike[]): TensorLike | undefined {
  const [first] = parts;
  if (!first) return undefined;
  const inner = first.dims.slice(1);
  const same = parts.every(({ type, dims }) => type === first.type && String(dims.slice(1)) === String(inner));
  if (!same) return undefined;
  const dims = [parts.reduce((sum, part) => sum + (part.dims[0] ?? 0), 0), ...inner];
  if (first.type === 'string') {
    return { type: 'string', data: parts.flatMap(({ data }) => (Array.isArray(data) ? data.map(String) : [])), dims };
  }
  if (!isNumeric(first.type)) return undefined;
  const bytes: Uint8Array[] = [];
  for (const { data } of parts) {
    if (!ArrayBuffer.isView(data)) return undefined;
    bytes.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  const size = bytes.reduce((sum, { length }) => sum + length, 0);
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of bytes) {
    all.set(part, at);
    at += part.length;
  }
  return { type: first.type, data: new ELEMENT_ARRAYS[first.type](all.buffer), dims };
}
