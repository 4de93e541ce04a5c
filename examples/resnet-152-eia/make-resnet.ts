/**
 * Writes ResNet-152 as ONNX with seeded random weights: the network of the post, for its size and its time, not for its answers.
 * `node --import tsx examples/resnet-152-eia/make-resnet.ts FILE [WIDTH]`; 64 channels, as published, are 240 MB, fewer are a small likeness.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
};
const number = (field: number, value: number): Buffer => Buffer.concat([varint(field * 8), varint(value)]);
const bytes = (field: number, content: Buffer | string): Buffer => {
  const data = Buffer.from(content);
  return Buffer.concat([varint(field * 8 + 2), varint(data.length), data]);
};
const message = (field: number, ...parts: Buffer[]): Buffer => bytes(field, Buffer.concat(parts));

/** AttributeProto with whole numbers. */
const ints = (name: string, ...values: number[]): Buffer =>
  message(5, bytes(1, name), ...values.map((value) => number(8, value)), number(20, 7));

/** Numbers between -1 and 1, the same ones in every run. */
class Numbers {
  #state = 152;
  next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state / 2 ** 31;
  }
}

/** The graph while it is made: parts of GraphProto in order. */
class Network {
  readonly parts: Buffer[] = [];
  readonly #numbers = new Numbers();
  #count = 0;

  weights(scale: number, ...dims: number[]): string {
    const values = new Float32Array(dims.reduce((all, dim) => all * dim, 1));
    for (let index = 0; index < values.length; index++) values[index] = this.#numbers.next() * scale;
    const name = `weights${++this.#count}`;
    const raw = Buffer.from(values.buffer);
    this.parts.push(message(5, ...dims.map((dim) => number(1, dim)), number(2, 1), bytes(8, name), bytes(9, raw)));
    return name;
  }

  node(
    operator: string,
    inputs: readonly string[],
    attributes: readonly Buffer[] = [],
    output = `value${++this.#count}`,
  ): string {
    const names = inputs.map((input) => bytes(1, input));
    this.parts.push(message(1, ...names, bytes(2, output), bytes(4, operator), ...attributes));
    return output;
  }

  convolution(x: string, inside: number, outside: number, size: number, stride: number): string {
    const scale = Math.sqrt(6 / (inside * size * size));
    const weights = [this.weights(scale, outside, inside, size, size), this.weights(0.01, outside)];
    const pad = Math.floor(size / 2);
    return this.node('Conv', [x, ...weights], [ints('strides', stride, stride), ints('pads', pad, pad, pad, pad)]);
  }

  /** Three convolutions beside a shortcut; the sum is damped so that 50 of them stay finite. */
  block(x: string, inside: number, middle: number, stride: number, damp: string): string {
    const outside = middle * 4;
    const a = this.node('Relu', [this.convolution(x, inside, middle, 1, 1)]);
    const b = this.node('Relu', [this.convolution(a, middle, middle, 3, stride)]);
    const c = this.node('Mul', [this.convolution(b, middle, outside, 1, 1), damp]);
    const shortcut = inside === outside ? x : this.convolution(x, inside, outside, 1, stride);
    return this.node('Relu', [this.node('Add', [c, shortcut])]);
  }
}

const BLOCKS = [3, 8, 36, 3];

/** ValueInfoProto of floats with an open batch. */
const value = (field: number, name: string, ...dims: number[]): Buffer => {
  const axes = [message(1, bytes(2, 'batch')), ...dims.map((dim) => message(1, number(1, dim)))];
  return message(field, bytes(1, name), message(2, message(1, number(1, 1), message(2, ...axes))));
};

/** Writes the network: input `data` float32 [batch,3,224,224], output `probabilities` float32 [batch,1000]. */
export function makeResnet(file: string, width = 64): void {
  const network = new Network();
  const damp = network.weights(0.2);
  let x = network.node('Relu', [network.convolution('data', 3, width, 7, 2)]);
  x = network.node('MaxPool', [x], [ints('kernel_shape', 3, 3), ints('strides', 2, 2), ints('pads', 1, 1, 1, 1)]);
  let inside = width;
  for (const [stage, blocks] of BLOCKS.entries()) {
    const middle = width * 2 ** stage;
    for (let block = 0; block < blocks; block++) {
      x = network.block(x, inside, middle, block === 0 && stage > 0 ? 2 : 1, damp);
      inside = middle * 4;
    }
  }
  x = network.node('Flatten', [network.node('GlobalAveragePool', [x])]);
  x = network.node('MatMul', [x, network.weights(Math.sqrt(6 / inside), inside, 1000)]);
  network.node('Softmax', [x], [], 'probabilities');
  const graph = [
    ...network.parts,
    bytes(2, 'resnet-152'),
    value(11, 'data', 3, 224, 224),
    value(12, 'probabilities', 1000),
  ];
  const length = graph.reduce((all, part) => all + part.length, 0);
  const head = Buffer.concat([number(1, 8), bytes(2, 'make-resnet'), message(8, number(2, 17))]);
  const descriptor = openSync(file, 'w');
  try {
    for (const part of [head, varint(7 * 8 + 2), varint(length), ...graph]) writeAll(descriptor, part);
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, data: Buffer): void {
  for (let at = 0; at < data.length; ) at += writeSync(descriptor, data, at);
}

const [program, file, width] = process.argv.slice(1);
if (program === fileURLToPath(import.meta.url) && file !== undefined) makeResnet(file, Number(width ?? 64));
