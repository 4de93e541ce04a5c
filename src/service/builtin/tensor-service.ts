import type { Context } from '../context.js';
import { type Inputs, type InputValue, mainInput } from '../inputs.js';
import type { ValueMetadata } from '../onnx-session.js';
import { PredictionError } from '../prediction-error.js';
import type { TensorLike, Tensors } from '../tensor.js';
import { BuiltinService } from './builtin-service.js';
import { bytesToTensor, listToTensor, tensorToList } from './tensor-values.js';

const BINARY = 'application/octet-stream';

/**
 * `tensor`: the model's own inputs and outputs. A JSON body is an object of nested lists by input name (a lone list for a model
 * with one input); binary inputs are little-endian, row-major, as the whole body or as form fields by name. The answer is an
 * object of nested lists by output name, or, for `Accept: application/octet-stream` and one output, its bytes with its shape in
 * the header `x-tensor-shape`.
 */
export class TensorService extends BuiltinService {
  protected readonly name = 'tensor';
  protected readonly sections = [] as const;

  protected preprocess(inputs: Inputs): Tensors {
    const values = this.#valuesByName(inputs);
    const tensors: Record<string, TensorLike> = {};
    for (const input of this.session.inputs) {
      const value = values[input.name];
      if (value === undefined) throw refuse(`the input '${input.name}' is missing`, this.session.inputs);
      tensors[input.name] = Buffer.isBuffer(value) ? bytesToTensor(value, input) : listToTensor(value, input);
    }
    const unknown = Object.keys(values).find((name) => !(name in tensors));
    if (unknown !== undefined) throw refuse(`the model has no input '${unknown}'`, this.session.inputs);
    return tensors;
  }

  protected postprocess(outputs: Tensors, context: Context, index: number): unknown {
    const entries = Object.entries(outputs);
    const [only] = entries;
    const wantsBytes = context.getRequestHeader(index, 'accept')?.includes(BINARY);
    if (wantsBytes && only && entries.length === 1 && ArrayBuffer.isView(only[1].data)) {
      const { data, dims } = only[1];
      context.setResponseContentType(index, BINARY);
      context.setResponseHeader(index, 'x-tensor-shape', dims.join(','));
      return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    }
    return Object.fromEntries(entries.map(([name, tensor]) => [name, tensorToList(tensor)]));
  }

  /** A form brings the inputs by name; one body brings them as a JSON object, or is the only input itself. */
  #valuesByName(inputs: Inputs): Readonly<Record<string, InputValue>> {
    if (this.session.inputs.some(({ name }) => name in inputs)) return inputs;
    const body = mainInput(inputs);
    if (body === undefined) throw refuse('the request has no body', this.session.inputs);
    const [only] = this.session.inputs;
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body) && !Buffer.isBuffer(body);
    if (isObject) return body;
    if (only && this.session.inputs.length === 1) return { [only.name]: body };
    throw refuse('the model has several inputs: send a JSON object, or form fields by name', this.session.inputs);
  }
}

function refuse(problem: string, inputs: readonly ValueMetadata[]): PredictionError {
  const expected = inputs.map((input) =>
    input.isTensor ? `${input.name}: ${input.type}[${input.shape.join(',')}]` : input.name,
  );
  return new PredictionError(`${problem}; the model takes ${expected.join(', ')}`, 400);
}
