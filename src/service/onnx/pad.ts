import { ELEMENT_ARRAYS, isNumeric, type NumericType, type TensorLike } from '../tensor.js';

/** The tensor with `fill` at the end of every axis that is shorter than `dims`; a type without a typed array as it is. */
export function pad(tensor: TensorLike, dims: readonly number[], fill: number): TensorLike {
  if (String(tensor.dims) === String(dims) || !isNumeric(tensor.type)) return tensor;
  return { type: tensor.type, data: copy(tensor, tensor.type, dims, fill), dims };
}

/** The tensor without what lies beyond `dims`; a type without a typed array as it is. */
export function crop(tensor: TensorLike, dims: readonly number[]): TensorLike {
  return pad(tensor, dims, 0);
}

/** A new array of the shape `dims` with what both shapes have of the tensor, one line of the last axis at a time. */
function copy(tensor: TensorLike, type: NumericType, dims: readonly number[], fill: number): TensorLike['data'] {
  const size = dims.reduce((product, extent) => product * extent, 1);
  const from = bytesOf(tensor);
  const result = new ELEMENT_ARRAYS[type](size);
  if (result instanceof BigInt64Array || result instanceof BigUint64Array) result.fill(BigInt(fill));
  else result.fill(fill);
  const to = new Uint8Array(result.buffer);
  const width = result.BYTES_PER_ELEMENT;
  const line = Math.min(dims.at(-1) ?? 1, tensor.dims.at(-1) ?? 1) * width;
  const walk = (axis: number, source: number, target: number): void => {
    const [sourceExtent = 1, targetExtent = 1] = [tensor.dims[axis], dims[axis]];
    if (axis >= dims.length - 1) {
      to.set(
        from.subarray(source * sourceExtent * width, source * sourceExtent * width + line),
        target * targetExtent * width,
      );
      return;
    }
    for (let index = 0; index < Math.min(sourceExtent, targetExtent); index++)
      walk(axis + 1, source * sourceExtent + index, target * targetExtent + index);
  };
  walk(0, 0, 0);
  return result;
}

function bytesOf({ data }: TensorLike): Uint8Array {
  if (!ArrayBuffer.isView(data)) return new Uint8Array();
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
