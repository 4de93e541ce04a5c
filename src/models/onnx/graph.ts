import { int, message, type Shape, size, text } from './message.js';
import { ELEMENT_TYPES, elementBytes, type OnnxNode, type OnnxTensor, type OnnxValue } from './model.js';

const typeName = (code: number): string => ELEMENT_TYPES[code] ?? `type ${code}`;

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

/** TensorProto without its data. */
export function tensor(give: (tensor: OnnxTensor) => void): Shape {
  const external = new Map<string, string>();
  const dims: number[] = [];
  let name = '';
  let type = 'undefined';
  let location = 0;
  let inlineBytes = 0;
  const data = size((bytes) => {
    inlineBytes += bytes;
  });
  return {
    fields: {
      1: int((dim) => dims.push(dim)),
      2: int((code) => {
        type = typeName(code);
      }),
      4: data,
      5: data,
      6: data,
      7: data,
      8: text((value) => {
        name = value;
      }),
      9: data,
      10: data,
      11: data,
      13: message(() => keyValue((key, value) => external.set(key, value))),
      14: int((value) => {
        location = value;
      }),
    },
    done: () => {
      const length = external.get('length');
      give({
        name,
        type,
        dims,
        inlineBytes,
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

/** NodeProto; attributes are walked only for the subgraphs and tensors in them. */
export function node(sink: GraphSink, give: (node: OnnxNode) => void): Shape {
  const inputs: string[] = [];
  const outputs: string[] = [];
  let name = '';
  let operator = '';
  let domain = '';
  const subgraph = () => graph(sink, {});
  const attribute = (): Shape => ({
    fields: { 5: message(() => tensor(sink.weigh)), 6: message(subgraph), 11: message(subgraph) },
  });
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
      5: message(attribute),
      7: text((value) => {
        domain = value;
      }),
    },
    done: () => {
      const full = domain === '' || domain === 'ai.onnx' ? operator : `${domain}:${operator}`;
      sink.count(full);
      give({ name, operator: full, inputs, outputs });
    },
  };
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

/** Elements of a tensor; a scalar has one. */
export function elements(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * Math.max(0, dim), 1);
}

/** Bytes of a tensor's data, from its shape where the type has a fixed width. */
export function tensorBytes(found: OnnxTensor): number {
  const width = elementBytes(found.type);
  return width === 0 ? found.inlineBytes : Math.ceil(elements(found.dims) * width);
}
