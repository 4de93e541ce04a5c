import type { EntryReader } from '#archive/archive.js';

/** A protobuf encoder of twenty lines, independent of the reader under test. */
export function varint(value: number): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

export type Part = Buffer | undefined | false;
export const num = (field: number, value: number): Buffer => Buffer.concat([varint(field * 8), varint(value)]);
export const bytes = (field: number, value: Buffer | string): Buffer => {
  const content = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
};
export const msg = (field: number, ...parts: Part[]): Buffer =>
  bytes(field, Buffer.concat(parts.filter((part): part is Buffer => Buffer.isBuffer(part))));

export interface ValueSpec {
  name: string;
  type?: number;
  dims?: (number | string | null)[];
  /** A sequence of tensors of that type instead of a tensor. */
  kind?: 'tensor' | 'sequence';
}
export interface NodeSpec {
  op: string;
  domain?: string;
  inputs?: string[];
  outputs?: string[];
  attributes?: Buffer[];
}
export interface TensorSpec {
  name: string;
  type?: number;
  dims: number[];
  raw?: Buffer;
  external?: Record<string, string>;
}
export interface ModelSpec {
  ir?: number;
  opsets?: Record<string, number>;
  inputs?: ValueSpec[];
  outputs?: ValueSpec[];
  values?: ValueSpec[];
  nodes?: NodeSpec[];
  initializers?: TensorSpec[];
  metadata?: Record<string, string>;
  extra?: Buffer;
}

const value = (field: number, spec: ValueSpec): Buffer =>
  msg(
    field,
    bytes(1, spec.name),
    msg(
      2,
      spec.kind === 'sequence' && msg(4, msg(1, msg(1, num(1, spec.type ?? 1)))),
      spec.kind !== 'sequence' &&
        msg(
          1,
          num(1, spec.type ?? 1),
          spec.dims &&
            msg(
              2,
              ...spec.dims.map((dim) =>
                dim === null ? msg(1) : typeof dim === 'number' ? msg(1, num(1, dim)) : msg(1, bytes(2, dim)),
              ),
            ),
        ),
    ),
  );

const entry = (field: number, key: string, text: string): Buffer => msg(field, bytes(1, key), bytes(2, text));

export const tensorBytes = (field: number, spec: TensorSpec): Buffer =>
  msg(
    field,
    ...spec.dims.map((dim) => num(1, dim)),
    num(2, spec.type ?? 1),
    bytes(8, spec.name),
    spec.raw && bytes(9, spec.raw),
    ...Object.entries(spec.external ?? {}).map(([key, text]) => entry(13, key, text)),
    spec.external && num(14, 1),
  );

export const nodeBytes = (field: number, spec: NodeSpec): Buffer =>
  msg(
    field,
    ...(spec.inputs ?? []).map((name) => bytes(1, name)),
    ...(spec.outputs ?? []).map((name) => bytes(2, name)),
    bytes(4, spec.op),
    ...(spec.attributes ?? []).map((attribute) => bytes(5, attribute)),
    spec.domain === undefined ? undefined : bytes(7, spec.domain),
  );

/** An ONNX file. Defaults: IR 8, opset 17, one float input and output `[batch,4]` joined by one Relu. */
export function encodeOnnx(spec: ModelSpec = {}): Buffer {
  const inputs = spec.inputs ?? [{ name: 'input', dims: ['batch', 4] }];
  const outputs = spec.outputs ?? [{ name: 'output', dims: ['batch', 4] }];
  const nodes = spec.nodes ?? [{ op: 'Relu', inputs: [inputs[0]?.name ?? ''], outputs: [outputs[0]?.name ?? ''] }];
  return Buffer.concat([
    num(1, spec.ir ?? 8),
    bytes(2, 'hand'),
    ...Object.entries(spec.opsets ?? { '': 17 }).map(([domain, version]) => msg(8, bytes(1, domain), num(2, version))),
    msg(
      7,
      ...nodes.map((node) => nodeBytes(1, node)),
      bytes(2, 'graph'),
      ...(spec.initializers ?? []).map((tensor) => tensorBytes(5, tensor)),
      ...inputs.map((input) => value(11, input)),
      ...outputs.map((output) => value(12, output)),
      ...(spec.values ?? []).map((found) => value(13, found)),
    ),
    ...Object.entries(spec.metadata ?? {}).map(([key, text]) => entry(14, key, text)),
    spec.extra ?? Buffer.alloc(0),
  ]);
}

/** An {@link EntryReader} over a buffer that counts the bytes it really handed out. */
export function bufferReader(content: Buffer): EntryReader & { readonly handedOut: () => number } {
  let position = 0;
  let given = 0;
  return {
    size: content.length,
    handedOut: () => given,
    async read(length) {
      const chunk = content.subarray(position, position + length);
      position += chunk.length;
      given += chunk.length;
      return chunk;
    },
    async skip(length) {
      position += length;
    },
    async close() {},
  };
}
