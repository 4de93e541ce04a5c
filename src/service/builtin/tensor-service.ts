import { MarError } from '#errors/mar-error.js';
import type { Context } from '../context.js';
import type { Inputs } from '../inputs.js';
import type { PredictionError } from '../prediction-error.js';
import type { TensorLike, Tensors } from '../tensor.js';
import { BuiltinService } from './builtin-service.js';
import { bytesToTensor, listToTensor } from './read-tensor.js';
import { formProblem, refuseRepeated, SEND_JSON } from './request-form.js';
import { type Arrived, jsonObject, readValue, refuseRequest } from './tensor-request.js';
import { givenShapes, refuseInput, type TensorInput } from './tensor-shape.js';
import { tensorToList, tensorToMaps } from './write-tensor.js';

const BINARY = 'application/octet-stream';
/** What `/invocations` and forms choose a model by. */
const MODEL_NAME = 'model_name';

/**
 * `tensor`: the model's own inputs and outputs. A JSON body is an object of nested lists by input name (a lone list for a model
 * with one input); binary inputs are little-endian, row-major, as the whole body or as form fields by name, their shape in the header
 * `x-tensor-shape` where the model leaves more than one axis open. The answer is an object of nested lists by output name, or, for
 * `Accept: application/octet-stream` and one output, its bytes with its shape in the header `x-tensor-shape`.
 */
export class TensorService extends BuiltinService {
  protected readonly name = 'tensor';
  #inputs: readonly TensorInput[] = [];

  /** `ERR_MODEL_TYPE` for a model with an output that cannot be answered. */
  override async initialize(context: Context): Promise<void> {
    await super.initialize(context);
    const lost = this.session.outputs.find(({ isTensor }) => !isTensor);
    if (lost) {
      throw new MarError(
        `The model's output '${lost.name}' is not a tensor, and the service tensor answers all outputs.`,
        {
          code: 'ERR_MODEL_TYPE',
          hint: 'Export the model with tensors only, or write a service that extends OnnxService and does without it.',
        },
      );
    }
    this.#inputs = this.session.inputs.flatMap((input) => (input.isTensor ? [input] : []));
  }

  protected preprocess(inputs: Inputs, context: Context, index: number): Tensors {
    const parts = context.requestParts(index);
    const byName = new Map(this.#inputs.map((input) => [input.name, input]));
    refuseRepeated(parts, [...byName.keys()], (name, found) => {
      const input = byName.get(name);
      return input ? refuseInput(input, found) : this.#refuse(`the input '${name}' ${found}`);
    });
    const shapes = givenShapes(context.getRequestHeader(index, 'x-tensor-shape'), this.#inputs, (problem) =>
      this.#refuse(problem),
    );
    const arrived = this.#arrived(inputs, context, index);
    const tensors = this.#inputs.map((input): [string, TensorLike] => {
      const own = arrived.get(input.name);
      if (!own) throw this.#refuse(`the input '${input.name}' is missing`);
      const shape = shapes.get(input.name);
      const value = readValue(own, input, shape);
      return [
        input.name,
        Buffer.isBuffer(value) ? bytesToTensor(value, input, shape) : listToTensor(value, input, shape),
      ];
    });
    const unknown = [...arrived.keys()].find((name) => !byName.has(name) && name !== MODEL_NAME);
    if (unknown !== undefined) {
      const hasDefault = this.session.model?.defaults.some(({ name }) => name === unknown) ?? false;
      throw this.#refuse(
        hasDefault
          ? `the input '${unknown}' has a default in the model, which ONNX Runtime for Node cannot replace`
          : `the model has no input '${unknown}'`,
      );
    }
    return Object.fromEntries(tensors);
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
    return Object.fromEntries(
      entries.map(([name, tensor]) => {
        const map = this.session.maps.get(name);
        return [name, map ? tensorToMaps(tensor, map.labels) : tensorToList(tensor)];
      }),
    );
  }

  /** The inputs by name. A form brings them so; one body brings them as a JSON object, or is the only input itself. */
  #arrived(inputs: Inputs, context: Context, index: number): ReadonlyMap<string, Arrived> {
    const parts = context.requestParts(index);
    const arrival = (name: string): Arrived => ({
      value: inputs[name],
      part: parts.findLast((part) => part.name === name),
    });
    const names = Object.keys(inputs);
    if (this.#inputs.some(({ name }) => names.includes(name)))
      return new Map(names.map((name) => [name, arrival(name)]));
    const form = formProblem(context, index, SEND_JSON);
    if (form !== undefined) throw this.#refuse(form);
    const name = ['body', 'data'].find((usual) => names.includes(usual)) ?? (names.length === 1 ? names[0] : undefined);
    const body = name === undefined ? undefined : arrival(name);
    const isEmpty = Buffer.isBuffer(body?.value) && body.value.length === 0;
    if (!body || (isEmpty && context.getRequestHeader(index, 'x-tensor-shape') === undefined)) {
      throw this.#refuse(names.length > 1 ? `the request has ${names.join(', ')}` : 'the request has no body');
    }
    const members = jsonObject(body, this.#inputs);
    const [only, ...others] = this.#inputs;
    // What the object holds is exact already, whatever the body came as.
    if (members) return new Map(Object.entries(members).map(([key, value]) => [key, { value, part: undefined }]));
    if (only && others.length === 0) return new Map([[only.name, body]]);
    throw this.#refuse(
      'the model has several inputs: send a JSON object with the header Content-Type: application/json, or form fields by name',
    );
  }

  #refuse(problem: string): PredictionError {
    return refuseRequest(problem, this.session.describeInputs());
  }
}
