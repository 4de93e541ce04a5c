import { ELEMENT_ARRAYS, isNumeric, type TensorLike, type Tensors } from './tensor.js';

interface Joined {
  readonly tensors: Tensors;
  /** Rows of each request, in order. */
  readonly rows: readonly number[];
}

/** All requests' tensors along their first axis; undefined when names, types or the other axes differ. */
export function concatenate(requests: readonly Tensors[]): Joined | undefined {
  const names = Object.keys(requests[0] ?? {});
  const rows: number[] = [];
  for (const request of requests) {
    const count = rowsOf(request);
    if (count === undefined || Object.keys(request).length !== names.length) return undefined;
    rows.push(count);
  }
  const tensors: Record<string, TensorLike> = {};
  for (const name of names) {
    const joined = join(requests.flatMap((request) => request[name] ?? []));
    if (joined?.dims[0] !== rows.reduce((sum, count) => sum + count, 0)) return undefined;
    tensors[name] = joined;
  }
  return { tensors, rows };
}

/** The outputs of a joined run, cut back into those of each request; undefined when an output has another number of rows. */
export function splitRows(outputs: Tensors, rows: readonly number[]): Tensors[] | undefined {
  const total = rows.reduce((sum, count) => sum + count, 0);
  if (Object.values(outputs).some(({ dims }) => dims[0] !== total)) return undefined;
  let start = 0;
  return rows.map((count) => {
    const own: Record<string, TensorLike> = {};
    for (const [name, { type, data, dims }] of Object.entries(outputs)) {
      const row = data.length / total;
      own[name] = { type, data: data.slice(start * row, (start + count) * row), dims: [count, ...dims.slice(1)] };
    }
    start += count;
    return own;
  });
}

/** The first axis that all tensors of a request share. */
function rowsOf(request: Tensors): number | undefined {
  const counts = new Set(Object.values(request).map(({ dims }) => dims[0]));
  return counts.size === 1 ? [...counts][0] : undefined;
}

function join(parts: readonly TensorLike[]): TensorLike | undefined {
  const [first] = parts;
  if (!first || !isNumeric(first.type)) return undefined;
  const inner = first.dims.slice(1);
  const same = parts.every(({ type, dims }) => type === first.type && String(dims.slice(1)) === String(inner));
  if (!same) return undefined;
  const bytes: Uint8Array[] = [];
  let rows = 0;
  for (const { data, dims } of parts) {
    if (!ArrayBuffer.isView(data)) return undefined;
    bytes.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    rows += dims[0] ?? 0;
  }
  const size = bytes.reduce((sum, { length }) => sum + length, 0);
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of bytes) {
    all.set(part, at);
    at += part.length;
  }
  return { type: first.type, data: new ELEMENT_ARRAYS[first.type](all.buffer), dims: [rows, ...inner] };
}
