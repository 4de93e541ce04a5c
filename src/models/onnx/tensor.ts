import { data, int, message, type Shape, text } from './message.js';
import { elementBytes, type OnnxTensor, typeName } from './model.js';
import { decodeVarint } from './source.js';

/** Bytes of a tensor whose elements are kept: shapes, axes and scales are shorter. */
const SMALL = 512;

/** ModelProto.metadata_props, TensorProto.external_data: a key and a value. */
export function keyValue(give: (key: string, value: string) => void): Shape {
  let key = '';
  let value = '';
  return {
    fields: {
      1: text((part) => {
        key = part;
      }),
      2: text((part) => {
        value = part;
      }),
    },
    done: () => give(key, value),
  };
}

/** TensorProto, with the elements of a small one. */
export function tensor(give: (tensor: OnnxTensor) => void): Shape {
  const external = new Map<string, string>();
  const dims: number[] = [];
  let name = '';
  let type = 'undefined';
  let location = 0;
  let inlineBytes = 0;
  let content: { readonly encoding: Encoding; readonly bytes: Buffer } | undefined;
  const held = (encoding: Encoding) =>
    data(SMALL, (bytes, small) => {
      inlineBytes += bytes;
      if (small) content = { encoding, bytes: Buffer.from(small) };
    });
  return {
    fields: {
      1: int((dim) => dims.push(dim)),
      2: int((code) => {
        type = typeName(code);
      }),
      4: held('raw'),
      5: held('varints'),
      6: held('other'),
      7: held('varints'),
      8: text((value) => {
        name = value;
      }),
      9: held('raw'),
      10: held('raw'),
      11: held('other'),
      13: message(() => keyValue((key, value) => external.set(key, value))),
      14: int((value) => {
        location = value;
      }),
    },
    done: () => {
      const length = external.get('length');
      const values = content && elementsOf(type, content.encoding, content.bytes);
      give({
        name,
        type,
        dims,
        inlineBytes,
        ...(values?.length === elements(dims) && { values }),
        ...(location === 1 && {
          external: {
            location: external.get('location') ?? '',
            offset: Number(external.get('offset') ?? 0),
            ...(length !== undefined && { length: Number(length) }),
          },
        }),
      });
    },
  };
}

/** How a tensor's field holds its elements: little-endian, as varints, or in a way that nobody asks for. */
type Encoding = 'raw' | 'varints' | 'other';

function elementsOf(type: string, encoding: Encoding, bytes: Buffer): number[] | undefined {
  if (encoding === 'varints') return ['int32', 'int64', 'bool'].includes(type) ? varints(bytes) : undefined;
  if (encoding === 'other') return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const every = (width: number, get: (at: number) => number): number[] =>
    Array.from({ length: Math.floor(bytes.length / width) }, (_, index) => get(index * width));
  if (type === 'int64') return every(8, (at) => Number(view.getBigInt64(at, true)));
  if (type === 'int32') return every(4, (at) => view.getInt32(at, true));
  if (type === 'float32') return every(4, (at) => view.getFloat32(at, true));
  return type === 'bool' ? [...bytes] : undefined;
}

function varints(bytes: Buffer): number[] {
  const values: number[] = [];
  let start = 0;
  for (const [at, byte] of bytes.entries()) {
    if (byte >= 0x80) continue;
    values.push(decodeVarint(bytes, start, at + 1));
    start = at + 1;
  }
  return values;
}

/** Elements of a tensor; a scalar has one. */
export function elements(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * Math.max(0, dim), 1);
}

/** Bytes of a tensor's data, from its shape where the type has a fixed width. */
export function tensorBytes(found: OnnxTensor): number {
  const width = elementBytes(found.type);
  return width === 0 ? found.inlineBytes : Math.ceil(elements(found.dims) * width);
}
