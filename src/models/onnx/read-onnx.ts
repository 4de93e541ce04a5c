import type { EntryReader } from '#archive/archive.js';
import { type GraphSink, graph, node } from './graph.js';
import { Budget, int, message, readMessage, type Shape, text } from './message.js';
import type { OnnxFunction, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from './model.js';
import { malformed, OnnxSource } from './source.js';
import { elements, keyValue, tensorBytes } from './tensor.js';

/** Units of about 64 bytes that are kept of a model: ten times what the largest graphs in use need. */
const BUDGET = 1_500_000;

/**
 * The metadata of an ONNX file, read forward once. Weights are skipped, so memory and time do not grow with them
 * (an inflated entry still has to be inflated). Fails with `ERR_ONNX_UNREADABLE` on anything that is not a model.
 */
export async function readOnnx(reader: EntryReader): Promise<OnnxModel> {
  const collected = new Collected();
  const source = new OnnxSource(reader);
  if (source.size === 0) throw malformed('the file is empty', 0);
  await readMessage(source, source.size, collected.model(), new Budget(BUDGET));
  return collected.finish();
}

class Collected implements GraphSink {
  #hasGraph = false;
  #irVersion = 0;
  #parameters = 0;
  #weightBytes = 0;
  #graphName = '';
  readonly #producer = { name: '', version: '' };
  readonly #opsets: Record<string, number> = Object.create(null);
  readonly #metadata: Record<string, string> = Object.create(null);
  readonly #operators = new Map<string, number>();
  readonly #functions = new Map<string, OnnxFunction>();
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  readonly #values: OnnxValue[] = [];
  readonly #initializers: OnnxTensor[] = [];
  readonly #nodes: OnnxNode[] = [];

  readonly count = (operator: string): void => {
    this.#operators.set(operator, (this.#operators.get(operator) ?? 0) + 1);
  };

  readonly weigh = (tensor: OnnxTensor): void => {
    this.#parameters += elements(tensor.dims);
    this.#weightBytes += tensorBytes(tensor);
  };

  model(): Shape {
    return {
      fields: {
        1: int((version) => {
          this.#irVersion = version;
        }),
        2: text((name) => {
          this.#producer.name = name;
        }),
        3: text((version) => {
          this.#producer.version = version;
        }),
        7: message(() => this.#graph()),
        8: message(() => opset(this.#opsets)),
        14: message(() =>
          keyValue((key, value) => {
            this.#metadata[key] = value;
          }),
        ),
        25: message(() => this.#function()),
      },
    };
  }

  finish(): OnnxModel {
    if (!this.#hasGraph) throw malformed('no graph was found', 0);
    if (this.#irVersion <= 0) throw malformed('no IR version was found', 0);
    const weights = new Set(this.#initializers.map((tensor) => tensor.name));
    return {
      irVersion: this.#irVersion,
      opsets: this.#opsets,
      producer: this.#producer,
      graphName: this.#graphName,
      metadata: this.#metadata,
      inputs: this.#inputs.filter((value) => !weights.has(value.name)),
      defaults: this.#inputs.filter((value) => weights.has(value.name)),
      outputs: this.#outputs,
      values: this.#values,
      initializers: this.#initializers,
      nodes: this.#nodes,
      operators: Object.fromEntries([...this.#operators].sort(([a], [b]) => (a < b ? -1 : 1))),
      functions: [...this.#functions.keys()],
      functionBodies: this.#functions,
      parameters: this.#parameters,
      weightBytes: this.#weightBytes,
    };
  }

  #graph(): Shape {
    this.#hasGraph = true;
    return graph(this, {
      name: (name) => {
        this.#graphName = name;
      },
      node: (found) => this.#nodes.push(found),
      initializer: (found) => this.#initializers.push(found),
      input: (found) => this.#inputs.push(found),
      output: (found) => this.#outputs.push(found),
      value: (found) => this.#values.push(found),
    });
  }

  #function(): Shape {
    let name = '';
    let domain = '';
    const inputs: string[] = [];
    const outputs: string[] = [];
    const nodes: OnnxNode[] = [];
    const opsets: Record<string, number> = Object.create(null);
    return {
      fields: {
        1: text((value) => {
          name = value;
        }),
        4: text((value) => inputs.push(value)),
        5: text((value) => outputs.push(value)),
        7: message(() => node(this, (found) => nodes.push(found))),
        9: message(() => opset(opsets)),
        10: text((value) => {
          domain = value;
        }),
      },
      done: () =>
        void this.#functions.set(domain === '' ? name : `${domain}:${name}`, { inputs, outputs, nodes, opsets }),
    };
  }
}

/** OperatorSetIdProto. */
function opset(opsets: Record<string, number>): Shape {
  let domain = '';
  let version = 0;
  return {
    fields: {
      1: text((value) => {
        domain = value === 'ai.onnx' ? '' : value;
      }),
      2: int((value) => {
        version = value;
      }),
    },
    done: () => {
      opsets[domain] = version;
    },
  };
}
