import { bytes, msg, num, tensorBytes, varint } from './encode-onnx.js';

/** AttributeProto of one number. */
export const int = (name: string, value: number): Buffer => Buffer.concat([bytes(1, name), num(3, value), num(20, 2)]);

/** AttributeProto of a list of numbers. */
export const ints = (name: string, ...values: number[]): Buffer =>
  Buffer.concat([bytes(1, name), ...values.map((value) => num(8, value)), num(20, 7)]);

/** AttributeProto of a text. */
export const text = (name: string, value: string): Buffer =>
  Buffer.concat([bytes(1, name), bytes(4, value), num(20, 3)]);

/** AttributeProto of a list of texts. */
export const texts = (name: string, ...values: string[]): Buffer =>
  Buffer.concat([bytes(1, name), ...values.map((value) => bytes(9, value)), num(20, 8)]);

/** AttributeProto `value` with a tensor of int64 in it. */
export const shapeValue = (...values: number[]): Buffer =>
  Buffer.concat([
    bytes(1, 'value'),
    tensorBytes(5, {
      name: '',
      type: 7,
      dims: [values.length],
      raw: Buffer.from(BigInt64Array.from(values, BigInt).buffer),
    }),
    num(20, 4),
  ]);

/** AttributeProto `value` with a tensor of float32 in it, all zeros. */
export const weightsValue = (...dims: number[]): Buffer => {
  const raw = Buffer.alloc(4 * dims.reduce((all, dim) => all * dim, 1));
  return Buffer.concat([bytes(1, 'value'), tensorBytes(5, { name: '', dims, raw }), num(20, 4)]);
};

/** AttributeProto of a list of float32, packed as some writers do. */
export const packedFloats = (name: string, ...values: number[]): Buffer =>
  Buffer.concat([bytes(1, name), bytes(7, Buffer.from(Float32Array.from(values).buffer)), num(20, 6)]);

/** AttributeProto of a list of numbers, packed as some writers do. */
export const packedInts = (name: string, ...values: number[]): Buffer =>
  Buffer.concat([bytes(1, name), bytes(8, Buffer.concat(values.map(varint))), num(20, 7)]);

/** An attribute that holds a subgraph without content. */
export const subgraph = (name: string): Buffer =>
  Buffer.concat([bytes(1, name), msg(6, bytes(2, 'branch')), num(20, 5)]);
