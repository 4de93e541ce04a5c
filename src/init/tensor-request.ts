import type { ExampleTensor } from './example-tensors.js';

/** A request of a golden case, and the files that it sends, by path relative to the cases. */
export interface Candidate {
  readonly request: CandidateInput & {
    inputs?: Record<string, CandidateInput>;
    headers?: Record<string, string>;
  };
  readonly files: ReadonlyMap<string, Buffer>;
}

/** A value as a golden case has it. */
interface CandidateInput {
  file?: string;
  json?: unknown;
  text?: string;
  contentType?: string;
}

/** Elements of all inputs up to which they are written as lists; more of them go as bytes in files. */
const MOST_IN_JSON = 512;

const ARRAYS: Readonly<Record<string, (elements: readonly number[]) => NodeJS.TypedArray>> = {
  float32: (elements) => Float32Array.from(elements),
  float64: (elements) => Float64Array.from(elements),
  float16: (elements) => Uint16Array.from(elements, halfOf),
  int8: (elements) => Int8Array.from(elements),
  uint8: (elements) => Uint8Array.from(elements),
  bool: (elements) => Uint8Array.from(elements),
  int16: (elements) => Int16Array.from(elements),
  uint16: (elements) => Uint16Array.from(elements),
  int32: (elements) => Int32Array.from(elements),
  uint32: (elements) => Uint32Array.from(elements),
  int64: (elements) => BigInt64Array.from(elements, BigInt),
  uint64: (elements) => BigUint64Array.from(elements, BigInt),
};

/** The values as a request that the service tensor takes: lists in JSON, or little-endian bytes where there are many elements. */
export function tensorRequest(tensors: readonly ExampleTensor[]): Candidate {
  const total = tensors.reduce((sum, { elements }) => sum + elements.length, 0);
  const asBytes = total > MOST_IN_JSON && tensors.every(({ name, type }) => type in ARRAYS && /^[\w.:/-]+$/.test(name));
  const [only] = tensors;
  if (!asBytes || !only)
    return { request: { json: Object.fromEntries(tensors.map((one) => [one.name, nested(one)])) }, files: new Map() };
  const files = new Map(tensors.map((tensor) => [fileOf(tensor), bytesOf(tensor)]));
  const contentType = 'application/octet-stream';
  if (tensors.length === 1) {
    const headers = { 'x-tensor-shape': only.dims.join(',') };
    return { request: { file: fileOf(only), contentType, headers }, files };
  }
  const large = tensors.filter(({ elements }) => elements.length > 8);
  const small = tensors.filter((tensor) => !large.includes(tensor));
  for (const tensor of small) files.delete(fileOf(tensor));
  return {
    request: {
      inputs: {
        ...Object.fromEntries(large.map((tensor) => [tensor.name, { file: fileOf(tensor), contentType }])),
        ...Object.fromEntries(small.map((tensor) => [tensor.name, { json: nested(tensor) }])),
      },
      headers: { 'x-tensor-shape': large.map(({ name, dims }) => `${name}=${dims.join(',')}`).join('; ') },
    },
    files,
  };
}

function fileOf({ name }: ExampleTensor): string {
  return `example-${name.replaceAll(/[^\w-]+/g, '_')}.bin`;
}

function bytesOf({ type, elements }: ExampleTensor): Buffer {
  const array = ARRAYS[type]?.(elements.map(Number)) ?? new Uint8Array();
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

/** The 16 bits of an IEEE half for the eighths below 1 and other small numbers that it holds exactly. */
function halfOf(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const fraction = Math.round((Math.abs(value) / 2 ** exponent - 1) * 1024);
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction;
}

function nested({ dims, elements }: ExampleTensor): unknown {
  let at = 0;
  const fill = ([extent, ...rest]: readonly number[]): unknown => {
    if (extent !== undefined) return Array.from({ length: extent }, () => fill(rest));
    const element = elements[at];
    at += 1;
    return element;
  };
  return fill(dims);
}
