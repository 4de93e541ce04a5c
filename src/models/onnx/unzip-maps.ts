import type { ZipMap } from './runtime-types.js';
import { decodeVarint, malformed } from './source.js';

/** One field of a protobuf message as it lies in the file. */
interface RawField {
  readonly number: number;
  /** All of it, tag included. */
  readonly whole: Uint8Array;
  /** The content of a field with a length. */
  readonly content: Uint8Array;
}

/**
 * The bytes of an ONNX model without its ZipMap nodes: the tensor behind each is the output in its place. Nothing else is touched.
 */
export function unzipMaps(model: Uint8Array, maps: ReadonlyMap<string, ZipMap>): Uint8Array {
  return rewrite(model, (field) => (field.number === 7 ? embed(7, unzipGraph(field.content, maps)) : field.whole));
}

function unzipGraph(graph: Uint8Array, maps: ReadonlyMap<string, ZipMap>): Uint8Array {
  const outputs = new Set(
    [...fieldsOf(graph)].flatMap((field) => (field.number === 12 ? [nameIn(field.content, 1)] : [])),
  );
  return rewrite(graph, (field) => {
    if (field.number === 1 && maps.has(nameIn(field.content, 2)) && nameIn(field.content, 4) === 'ZipMap')
      return new Uint8Array();
    const map = field.number === 12 ? maps.get(nameIn(field.content, 1)) : undefined;
    if (!map) return field.whole;
    return outputs.has(map.tensor) ? new Uint8Array() : embed(12, floatTable(map.tensor, map.labels.length));
  });
}

/** ValueInfoProto of a float32 tensor with rows of so many columns. */
function floatTable(name: string, columns: number): Uint8Array {
  const float32 = Uint8Array.of(8, 1);
  const shape = Buffer.concat([
    embed(1, new Uint8Array()),
    embed(1, Buffer.concat([Uint8Array.of(8), varint(columns)])),
  ]);
  return Buffer.concat([embed(1, Buffer.from(name)), embed(2, embed(1, Buffer.concat([float32, embed(2, shape)])))]);
}

function rewrite(message: Uint8Array, change: (field: RawField) => Uint8Array): Uint8Array {
  return Buffer.concat([...fieldsOf(message)].map(change));
}

/** The last text field of that number. */
function nameIn(message: Uint8Array, number: number): string {
  let name = '';
  for (const field of fieldsOf(message))
    if (field.number === number) name = Buffer.from(field.content).toString('utf8');
  return name;
}

function* fieldsOf(message: Uint8Array): Iterable<RawField> {
  let offset = 0;
  const number = (): number => {
    const start = offset;
    while ((message[offset] ?? 0) >= 0x80) offset++;
    offset++;
    return decodeVarint(message, start, offset);
  };
  while (offset < message.length) {
    const start = offset;
    const tag = number();
    let content = 0;
    if (tag % 8 === 0) number();
    else if (tag % 8 === 2) content = number();
    else if (tag % 8 === 1) offset += 8;
    else if (tag % 8 === 5) offset += 4;
    else throw malformed(`wire type ${tag % 8}`, offset);
    const end = offset + content;
    if (content < 0 || end > message.length) throw malformed('a field runs past its message', offset);
    yield { number: Math.floor(tag / 8), whole: message.subarray(start, end), content: message.subarray(offset, end) };
    offset = end;
  }
}

function embed(field: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
