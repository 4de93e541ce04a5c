import { MarError } from '#errors/mar-error.js';
import { pad } from '../onnx/pad.js';
import { ELEMENT_ARRAYS, isNumeric, type TensorLike } from '../tensor.js';
import { describe } from './axis.js';

/** How sequences are filled up. */
export interface PadOptions {
  /** Default 0. */
  readonly fill?: number;
  /** Default the longest of the sequences; a longer one is `ERR_SERVICE_ARGUMENT`. */
  readonly length?: number;
}

/**
 * Sequences of different lengths as one tensor: of `[steps, …]` each, which agree in type and in the other axes, `tensor`
 * `[sequences, steps, …]`, filled at the end, and `mask` int64 `[sequences, steps]`, 1 where a sequence has a step.
 */
export function padSequences(
  sequences: readonly TensorLike[],
  { fill = 0, length }: PadOptions = {},
): { readonly tensor: TensorLike; readonly mask: TensorLike } {
  const [first] = sequences;
  if (!first || !isNumeric(first.type) || first.dims.length === 0)
    throw new MarError(
      `padSequences is given ${first ? describe(first) : 'no sequence'}, expected tensors of numbers [steps, …].`,
      { code: 'ERR_SERVICE_ARGUMENT' },
    );
  const rest = first.dims.slice(1);
  const steps = length ?? Math.max(...sequences.map(({ dims }) => dims[0] ?? 0));
  const other = sequences.find(
    ({ type, dims }) => type !== first.type || String(dims.slice(1)) !== String(rest) || (dims[0] ?? 0) > steps,
  );
  if (other)
    throw new MarError(
      `padSequences is given ${describe(other)}, expected ${first.type}[steps,${rest.join(',')}] with at most ${steps} steps.`,
      { code: 'ERR_SERVICE_ARGUMENT' },
    );
  const size = steps * rest.reduce((all, extent) => all * extent, 1);
  const data = new ELEMENT_ARRAYS[first.type](size * sequences.length);
  const mask = new BigInt64Array(steps * sequences.length);
  for (const [at, sequence] of sequences.entries()) {
    const { data: filled } = pad(sequence, [steps, ...rest], fill);
    copyInto(data, filled, at * size);
    mask.fill(1n, at * steps, at * steps + (sequence.dims[0] ?? 0));
  }
  return {
    tensor: { type: first.type, data, dims: [sequences.length, steps, ...rest] },
    mask: { type: 'int64', data: mask, dims: [sequences.length, steps] },
  };
}

function copyInto(
  to: ArrayBufferView & { readonly BYTES_PER_ELEMENT: number },
  from: TensorLike['data'],
  at: number,
): void {
  if (!ArrayBuffer.isView(from)) return;
  const target = new Uint8Array(to.buffer, to.byteOffset, to.byteLength);
  target.set(new Uint8Array(from.buffer, from.byteOffset, from.byteLength), at * to.BYTES_PER_ELEMENT);
}
