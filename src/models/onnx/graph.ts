import { attribute } from './attribute.js';
import { int, message, type Shape, size, text } from './message.js';
import {
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
  typeName,
} from './model.js';
import { tensor } from './tensor.js';

/** ValueInfoProto: the name and type of an input, output or intermediate result. */
export function valueInfo(give: (value: OnnxValue) => void): Shape {
  let name = '';
  let type = 'unknown';
  let dims: (number | string | null)[] | undefined;
  const dimension = (): Shape => {
    let dim: number | string | null = null;
    return {
      fields: {
        1: int((value) => {
          dim = value;
        }),
        2: text((symbol) => {
          dim = symbol;
        }),
      },
      done: () => dims?.push(dim),
    };
  };
  const shape = (): Shape => {
    dims = [];
    return { fields: { 1: message(dimension) } };
  };
  const tensorType: Shape = {
    fields: {
      1: int((code) => {
        type = typeName(code);
      }),
      2: message(shape),
    },
  };
  const other = (label: string) =>
    size(() => {
      type = label;
    });
  const kind: Shape = {
    fields: {
      1: message(() => tensorType),
      4: other('sequence'),
      5: other('map'),
      8: other('sparse tensor'),
      9: other('optional'),
    },
  };
  return {
    fields: {
      1: text((value) => {
        name = value;
      }),
      2: message(() => kind),
    },
    done: () => give({ name, type, ...(dims && { dims }) }),
  };
}

/** What is collected while walking a graph, its subgraphs and the model's functions. */
export interface GraphSink {
  count(operator: string): void;
  weigh(tensor: OnnxTensor): void;
}

/** NodeProto. */
export function node(sink: GraphSink, give: (node: OnnxNode) => void): Shape {
  const inputs: string[] = [];
  const outputs: string[] = [];
  let name = '';
  let operator = '';
  let domain = '';
  const attributes: Record<string, OnnxAttribute> = Object.create(null);
  const keep = (key: string, value: OnnxAttribute): void => {
    attributes[key] = value;
  };
  return {
    fields: {
      1: text((value) => inputs.push(value)),
      2: text((value) => outputs.push(value)),
      3: text((value) => {
        name = value;
      }),
      4: text((value) => {
        operator = value;
      }),
      5: message(() => attribute(keep, sink.weigh, (kept) => subgraph(sink, kept))),
      7: text((value) => {
        domain = value;
      }),
    },
    done: () => {
      const full = domain === '' || domain === 'ai.onnx' ? operator : `${domain}:${operator}`;
      sink.count(full);
      give({ name, operator: full, inputs, outputs, attributes });
    },
  };
}

/** GraphProto inside of an attribute. */
function subgraph(sink: GraphSink, give: (graph: OnnxGraph) => void): Shape {
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const values: OnnxValue[] = [];
  const initializers: OnnxTensor[] = [];
  const nodes: OnnxNode[] = [];
  const shape = graph(sink, {
    input: (found) => inputs.push(found),
    output: (found) => outputs.push(found),
    value: (found) => values.push(found),
    initializer: (found) => initializers.push(found),
    node: (found) => nodes.push(found),
  });
  return { ...shape, done: () => give({ inputs, outputs, values, initializers, nodes }) };
}

export interface GraphParts {
  readonly name?: (name: string) => void;
  readonly node?: (node: OnnxNode) => void;
  readonly initializer?: (tensor: OnnxTensor) => void;
  readonly input?: (value: OnnxValue) => void;
  readonly output?: (value: OnnxValue) => void;
  readonly value?: (value: OnnxValue) => void;
}

/** GraphProto: hands each part that is asked for to its receiver. */
export function graph(sink: GraphSink, parts: GraphParts): Shape {
  const initializer = (found: OnnxTensor) => {
    sink.weigh(found);
    parts.initializer?.(found);
  };
  const { name, input, output, value } = parts;
  return {
    fields: {
      1: message(() => node(sink, parts.node ?? (() => {}))),
      ...(name && { 2: text(name) }),
      5: message(() => tensor(initializer)),
      ...(input && { 11: message(() => valueInfo(input)) }),
      ...(output && { 12: message(() => valueInfo(output)) }),
      ...(value && { 13: message(() => valueInfo(value)) }),
      15: message(() => ({ fields: { 1: message(() => tensor(initializer)) } })),
    },
  };
}
