import { readFileSync } from 'node:fs';
import { encodeOnnx, type NodeSpec, type TensorSpec } from '../models/onnx/encode-onnx.js';

const page = readFileSync(new URL('../../docs/handlers.md', import.meta.url), 'utf8');

/** The code of each example of docs/handlers.md, by the first word of its heading. */
export const examples: ReadonlyMap<string, string> = new Map(
  page
    .slice(page.indexOf('## Five examples'), page.indexOf('## Ready-made services'))
    .split(/^### /m)
    .slice(1)
    .map((section): [string, string] => [
      section.slice(0, section.indexOf(':')),
      /^```ts\n(.*?)^```$/ms.exec(section)?.[1] ?? '',
    ]),
);

const INT64 = 7;
const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);
const weights = (name: string, dims: number[], ...values: number[]): TensorSpec => ({
  name,
  dims,
  raw: floats(...values),
});
const whole = (name: string, ...values: number[]): TensorSpec => ({
  name,
  type: INT64,
  dims: [values.length],
  raw: Buffer.from(BigInt64Array.from(values, BigInt).buffer),
});
const node = (op: string, inputs: string[], output: string, ...attributes: Buffer[]): NodeSpec => ({
  op,
  inputs,
  outputs: [output],
  attributes,
});

/** A vector of each token: its number, and its root. */
export function sentenceModel(castToFloat: Buffer, lastAxis: Buffer): Buffer {
  return encodeOnnx({
    inputs: ['input_ids', 'attention_mask'].map((name) => ({ name, type: INT64, dims: ['n', 'tokens'] })),
    outputs: [{ name: 'last_hidden_state', dims: ['n', 'tokens', 2] }],
    nodes: [
      node('Cast', ['input_ids'], 'ids', castToFloat),
      node('Unsqueeze', ['ids', 'two'], 'column'),
      node('Sqrt', ['column'], 'root'),
      node('Concat', ['column', 'root'], 'last_hidden_state', lastAxis),
    ],
    initializers: [whole('two', 2)],
  });
}

/** Granted where income is more than 100 times the age, surely for a member. */
export function creditModel(): Buffer {
  return encodeOnnx({
    inputs: [{ name: 'x', dims: ['n', 3] }],
    outputs: [{ name: 'probabilities', dims: ['n', 2] }],
    nodes: [node('MatMul', ['x', 'w'], 'logits'), node('Softmax', ['logits'], 'probabilities')],
    initializers: [weights('w', [3, 2], 0, -1, 0, 0.01, 0, 50)],
  });
}

/** Letters by the loudness: `a` for a high sample, `b` for a low one. */
export function speechModel(): Buffer {
  return encodeOnnx({
    inputs: [{ name: 'samples', dims: [1, 'length'] }],
    outputs: [{ name: 'logits', dims: [1, 'length', 3] }],
    nodes: [
      node('Unsqueeze', ['samples', 'two'], 'column'),
      node('MatMul', ['column', 'w'], 'loud'),
      node('Add', ['loud', 'b'], 'logits'),
    ],
    initializers: [whole('two', 2), weights('w', [1, 3], 0, 1, -1), weights('b', [3], 0.3, 0, 0)],
  });
}

/** A detector that finds the same whatever it sees. */
export function constantModel(
  input: string,
  size: number,
  output: string,
  dims: number[],
  ...values: number[]
): Buffer {
  return encodeOnnx({
    inputs: [{ name: input, dims: [1, 3, size, size] }],
    outputs: [{ name: output, dims }],
    nodes: [node('Identity', ['found'], output)],
    initializers: [weights('found', dims, ...values)],
  });
}

/** A letter for each column of a line of 8 pixels: `l` for a light one, `d` for a dark one, nothing for grey. */
export function recogniserModel(overHeight: readonly Buffer[], columnsLast: Buffer): Buffer {
  return encodeOnnx({
    opsets: { '': 13 },
    inputs: [{ name: 'image', dims: [1, 1, 8, 'width'] }],
    outputs: [{ name: 'logits', dims: [1, 'width', 3] }],
    nodes: [
      node('ReduceMean', ['image'], 'line', ...overHeight),
      node('Transpose', ['line'], 'column', columnsLast),
      node('MatMul', ['column', 'w'], 'bright'),
      node('Add', ['bright', 'b'], 'logits'),
    ],
    initializers: [weights('w', [1, 3], 0, 1, -1), weights('b', [3], 0.3, -0.5, 0.5)],
  });
}
