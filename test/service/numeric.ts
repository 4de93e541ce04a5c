import { readFileSync } from 'node:fs';
import { bodyInputs } from '#protocol/body-inputs.js';
import type { RequestFacts } from '#service/context.js';
import { halfToNumber } from '#service/float16.js';
import type { Context, ModelService } from '#service/index.js';
import { decodeInputs } from '#worker/inputs.js';
import { encodeOutput } from '#worker/output.js';

/** A tensor of the recording: elements as base64 of little-endian bytes, or texts; or the answer of a ZipMap. */
export type Recorded =
  | {
      readonly type: string;
      readonly dims: readonly number[];
      readonly data: string | readonly string[];
      readonly maps?: never;
    }
  | { readonly maps: readonly Readonly<Record<string, number>>[] };

export interface RecordedGraph {
  readonly name: string;
  /** Base64 by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly requests: readonly {
    readonly inputs: Readonly<Record<string, Recorded>>;
    readonly outputs: Readonly<Record<string, Recorded>>;
  }[];
}

/** What Python's onnxruntime answered, see test/recordings/numeric/generate.py. */
export function recordedGraphs(): RecordedGraph[] {
  const text = readFileSync(new URL('../recordings/numeric/graphs.jsonl', import.meta.url), 'utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

/** How a request of the recording is sent. */
export type Form = 'json' | 'fields' | 'bytes' | 'body';

/** One HTTP request: its headers and what the front end makes of its body. Undefined where the form cannot carry it. */
export function requestOf(
  inputs: Readonly<Record<string, Recorded>>,
  form: Form,
): Omit<RequestFacts, 'id'> | undefined {
  const entries = Object.entries(inputs);
  if (form === 'json') {
    const body = `{${entries.map(([name, tensor]) => `${JSON.stringify(name)}:${listText(tensor)}`).join(',')}}`;
    return facts('application/json', Buffer.from(body), {});
  }
  const isText = entries.some(([, tensor]) => tensor.maps || typeof tensor.data !== 'string');
  if (isText && form !== 'fields') return undefined;
  const shape = {
    'x-tensor-shape': entries.map(([name, tensor]) => `${name}=${tensor.maps ? '' : tensor.dims.join(',')}`).join('; '),
  };
  if (form === 'body') {
    const [only, ...others] = entries;
    if (!only || others.length > 0) return undefined;
    return facts('application/octet-stream', bytesOf(only[1]), {
      'x-tensor-shape': only[1].maps ? '' : only[1].dims.join(','),
    });
  }
  const parts = entries.flatMap(([name, tensor]) => [
    // As curl sends -F x=@file and -F x=TEXT. Text that could be bytes just as well has to say what it is.
    Buffer.from(
      `--cut\r\nContent-Disposition: form-data; name="${name.replaceAll('"', '%22')}"${form === 'bytes' || isByte(tensor) ? '; filename="x"' : ''}\r\n`,
    ),
    Buffer.from(
      form === 'bytes' ? 'Content-Type: application/octet-stream\r\n\r\n' : 'Content-Type: application/json\r\n\r\n',
    ),
    form === 'bytes' ? bytesOf(tensor) : Buffer.from(listText(tensor)),
    Buffer.from('\r\n'),
  ]);
  const body = Buffer.concat([...parts, Buffer.from('--cut--\r\n')]);
  return facts('multipart/form-data; boundary=cut', body, form === 'bytes' ? shape : {});
}

const isByte = (tensor: Recorded): boolean => !tensor.maps && /^u?int8$/.test(tensor.type);

function facts(contentType: string, body: Buffer, headers: Readonly<Record<string, string>>): Omit<RequestFacts, 'id'> {
  return {
    headers: Object.entries({ 'content-type': contentType, ...headers }),
    parameters: bodyInputs(contentType, body),
  };
}

/** The answers of a service to a batch: each a body of JSON, as a client reads it, or a failure. */
export async function ask(
  service: ModelService,
  requests: readonly Omit<RequestFacts, 'id'>[],
  contextOf: (requests: readonly Partial<RequestFacts>[]) => Context,
): Promise<{ readonly status: number; readonly body: Buffer; readonly shape: string | undefined }[]> {
  const context = contextOf(requests);
  const inputs = requests.map(({ parameters }) =>
    decodeInputs(parameters.map((part) => ({ ...part, value: part.value ?? Buffer.alloc(0) }))),
  );
  const results = await service.handle(inputs, context);
  return results.map((result, index) => {
    const { status, body, headers } = encodeOutput(String(index), result, context, index);
    return { status, body: Buffer.from(body), shape: headers.find(([name]) => name === 'x-tensor-shape')?.[1] };
  });
}

/** The elements of a recorded tensor: numbers, bigints, truths, texts. */
export function elementsOf(tensor: Recorded): (number | bigint | boolean | string)[] {
  if (tensor.maps) return [];
  if (typeof tensor.data !== 'string') return [...tensor.data];
  const bytes = bytesOf(tensor);
  const view = new DataView(new Uint8Array(bytes).buffer);
  const [width, read] = TYPES[tensor.type] ?? [1, () => 0];
  return Array.from({ length: bytes.length / width }, (_, index) => read(view, index * width));
}

function bytesOf(tensor: Recorded): Buffer {
  return Buffer.from(tensor.maps || typeof tensor.data !== 'string' ? '' : tensor.data, 'base64');
}

type Read = (view: DataView, at: number) => number | bigint | boolean;
const TYPES: Readonly<Record<string, readonly [width: number, read: Read]>> = {
  float32: [4, (view, at) => view.getFloat32(at, true)],
  float64: [8, (view, at) => view.getFloat64(at, true)],
  float16: [2, (view, at) => halfToNumber(view.getUint16(at, true))],
  int8: [1, (view, at) => view.getInt8(at)],
  uint8: [1, (view, at) => view.getUint8(at)],
  int16: [2, (view, at) => view.getInt16(at, true)],
  uint16: [2, (view, at) => view.getUint16(at, true)],
  int32: [4, (view, at) => view.getInt32(at, true)],
  uint32: [4, (view, at) => view.getUint32(at, true)],
  int64: [8, (view, at) => view.getBigInt64(at, true)],
  uint64: [8, (view, at) => view.getBigUint64(at, true)],
  bool: [1, (view, at) => view.getUint8(at) !== 0],
};

/** Nested lists as JSON text; whole numbers with all their digits, NaN and infinities as texts. */
function listText(tensor: Recorded): string {
  const { dims } = tensor.maps ? { dims: [] } : tensor;
  const texts = elementsOf(tensor).map((element) => {
    if (typeof element === 'bigint') return String(element);
    return typeof element === 'number' && !Number.isFinite(element) ? `"${element}"` : JSON.stringify(element);
  });
  const nest = (axis: number, start: number, size: number): string => {
    const extent = dims[axis];
    if (extent === undefined) return texts[start] ?? '';
    const part = extent === 0 ? 0 : size / extent;
    return `[${Array.from({ length: extent }, (_, index) => nest(axis + 1, start + index * part, part)).join(',')}]`;
  };
  return nest(0, 0, texts.length);
}

/** How far an answer of a type may be from the recorded one, as a part of it: processors round differently. */
const TOLERANCE: Readonly<Record<string, number>> = { float32: 1e-4, float64: 1e-9, float16: 4e-3 };

/** The first difference between an answer and the recorded tensor, undefined where there is none. */
export function difference(found: unknown, recorded: Recorded, isQuantised = false): string | undefined {
  if (recorded.maps) return mapDifference(found, recorded.maps);
  const dims: number[] = [];
  for (let level = found; Array.isArray(level); level = level[0]) dims.push(level.length);
  // The lists end at an empty axis.
  if (
    String(dims) !== String(recorded.dims.slice(0, dims.length)) ||
    (dims.length < recorded.dims.length && dims.at(-1) !== 0)
  ) {
    return `the shape is [${dims}], expected [${recorded.dims}]`;
  }
  const flat: unknown[] = Array.isArray(found) ? found.flat(16) : [found];
  const expected = elementsOf(recorded);
  if (flat.length !== expected.length) return `${flat.length} elements, expected ${expected.length}`;
  const at = expected.findIndex((element, index) => !isNear(flat[index], element, recorded.type, isQuantised));
  return at < 0 ? undefined : `${JSON.stringify(flat[at])} at ${at}, expected ${expected[at]}`;
}

function mapDifference(found: unknown, maps: readonly Readonly<Record<string, number>>[]): string | undefined {
  const isSame =
    Array.isArray(found) &&
    found.length === maps.length &&
    maps.every((map, row) => {
      const own = Object.entries(found[row] ?? {});
      return (
        own.length === Object.keys(map).length &&
        own.every(([label, part]) => isNear(part, map[label] ?? Number.NaN, 'float32', false))
      );
    });
  return isSame ? undefined : `${JSON.stringify(found)}, expected ${JSON.stringify(maps)}`;
}

function isNear(
  found: unknown,
  expected: number | bigint | boolean | string,
  type: string,
  isQuantised: boolean,
): boolean {
  if (typeof expected === 'bigint')
    return (typeof found === 'number' || typeof found === 'string') && BigInt(found) === expected;
  if (typeof expected !== 'number') return found === expected;
  if (!Number.isFinite(expected)) return found === String(expected);
  if (typeof found !== 'number') return false;
  const tolerance = TOLERANCE[type];
  if (tolerance === undefined) return Math.abs(found - expected) <= (isQuantised ? 1 : 0);
  return Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected));
}
