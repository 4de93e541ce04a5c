import type { Tensor } from 'onnxruntime-node';

/** An ONNX tensor as plain data, row-major; ONNX Runtime's own `Tensor` is one too. */
export interface TensorLike {
  readonly type: Tensor.Type;
  /** Typed array of the type's elements, or strings. */
  readonly data: Tensor.DataType;
  readonly dims: readonly number[];
}

/** Tensors by the names of a model's inputs or outputs. */
export type Tensors = Readonly<Record<string, TensorLike>>;

/** A float32 tensor. */
export interface FloatTensor extends TensorLike {
  readonly type: 'float32';
  readonly data: Float32Array;
}

/** The typed array of each element type; float16 is carried as its bits. `string` and the 4-bit types have none. */
export const ELEMENT_ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
} as const;

/** Element types with a typed array. */
export type NumericType = keyof typeof ELEMENT_ARRAYS;

/**
 * True for a text that ONNX Runtime for Node would change without a sign: it cuts it off at a NUL, and half a surrogate pair becomes another
 * character.
 */
export function isCutText(text: unknown): boolean {
  return typeof text === 'string' && /[\0\p{Surrogate}]/u.test(text);
}

/** True for the element types that have a typed array. */
export function isNumeric(type: string): type is NumericType {
  return Object.hasOwn(ELEMENT_ARRAYS, type);
}
