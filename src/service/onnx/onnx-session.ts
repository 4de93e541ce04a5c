import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { MarError, messageOf } from '#errors/mar-error.js';
import type { OnnxModel } from '#models/onnx/model.js';
import type { Joining } from '#models/onnx/rows/keep-rows-apart.js';
import { type ZipMap, zipMaps } from '#models/onnx/runtime-types.js';
import type { Context } from '../context.js';
import { PredictionError } from '../prediction-error.js';
import { isCutText, isNumeric, type TensorLike, type Tensors } from '../tensor.js';
import { Batching, type BatchSetting, joiningOf } from './batching.js';
import { createSession } from './create-session.js';
import { onnxRuntime } from './onnx-runtime.js';
import { readModel } from './read-model.js';

/** What the model says about one of its inputs or outputs. */
export type ValueMetadata = InferenceSession.ValueMetadata;

/** How a session is to be used. */
export interface SessionOptions {
  /** How requests of a batch go through the model; without it they share a run where that is proven from the graph. */
  readonly batch?: BatchSetting | undefined;
}

/** One ONNX Runtime session and what it says about the model. */
export class OnnxSession {
  readonly inputs: readonly ValueMetadata[];
  /** An output that ZipMap makes is the tensor behind it; the others that are no tensors are not among the answers. */
  readonly outputs: readonly ValueMetadata[];
  /** Class labels of the outputs that ZipMap makes, by name. */
  readonly maps: ReadonlyMap<string, ZipMap>;
  /** Whether the requests of a batch share a run, and why not. */
  readonly joining: Joining;
  /** What the file says, weights left out; undefined when only ONNX Runtime can read it. */
  readonly model: OnnxModel | undefined;
  readonly #session: InferenceSession;
  readonly #Tensor: typeof Tensor;
  readonly #batching: Batching;
  /** Names that are asked for, with those that they are answered by. */
  readonly #fetches: ReadonlyMap<string, readonly string[]>;

  private constructor(
    session: InferenceSession,
    TensorClass: typeof Tensor,
    model: OnnxModel | undefined,
    joining: Joining,
    { batch }: SessionOptions,
  ) {
    this.#session = session;
    this.#Tensor = TensorClass;
    this.model = model;
    this.joining = joining;
    this.maps = model ? zipMaps(model) : new Map();
    this.inputs = session.inputMetadata;
    this.outputs = outputsOf(session, model, this.maps);
    const fetches = new Map<string, string[]>();
    for (const { name, isTensor } of this.outputs) {
      if (!isTensor) continue;
      const tensor = this.maps.get(name)?.tensor ?? name;
      fetches.set(tensor, [...(fetches.get(tensor) ?? []), name]);
    }
    this.#fetches = fetches;
    const axes = (values: readonly ValueMetadata[]) =>
      values.map((value) => ({ name: value.name, shape: value.isTensor ? value.shape : undefined }));
    this.#batching = new Batching(batch, axes(this.inputs), axes(this.outputs));
  }

  /**
   * Loads the model for the device of the context, with OMP_NUM_THREADS threads (all cores without it). Where the provider of that
   * device cannot be loaded, on the cpu with a notice, or `ERR_DEVICE_UNAVAILABLE` if the archive says so. Inputs and outputs whose
   * types cannot pass are `ERR_MODEL_TYPE`.
   */
  static async load(path: string, context: Context, options: SessionOptions = {}): Promise<OnnxSession> {
    let unread = '';
    const model = await readModel(path).catch((error: unknown) => {
      if (!(error instanceof MarError)) throw error;
      unread = error.message;
      return undefined;
    });
    const { session, device } = await createSession(path, model, context);
    const joining = joiningOf(options.batch, model, unread);
    const { Tensor } = await onnxRuntime();
    const loaded = new OnnxSession(session, Tensor, model, joining, options);
    context.onSession?.(device, joining);
    return loaded;
  }

  /**
   * Outputs of each request: all in one run where that is proven or configured and the shapes agree, else one run each. A tensor's
   * first axis may hold several rows. What ONNX Runtime refuses (a wrong shape) is a `PredictionError` 400, what `check` refuses
   * `ERR_MODEL_INPUT`.
   */
  async run(requests: readonly Tensors[]): Promise<Tensors[]> {
    for (const request of requests) this.check(request);
    if (this.joining.joins && requests.length > 1) {
      const outputs = await this.#batching.run(requests, (tensors) => this.#run(tensors));
      if (outputs) return outputs;
    }
    const results: Tensors[] = [];
    for (const request of requests) results.push(await this.#run(request));
    return results;
  }

  /**
   * Refuses what is the code's mistake and not the client's: names that are no inputs of the model, inputs without a tensor, another
   * element type, another number of elements than the shape has. `ERR_MODEL_INPUT`. A text that would not arrive whole is a `PredictionError` 400.
   */
  check(request: Tensors): void {
    for (const name of Object.keys(request))
      if (!this.inputs.some((input) => input.name === name)) throw this.#unknown(name);
    for (const input of this.inputs) {
      const tensor = Object.hasOwn(request, input.name) ? request[input.name] : undefined;
      const problem = tensor ? problemOf(tensor, input) : 'has no tensor';
      if (tensor?.type === 'string' && Array.isArray(tensor.data) && tensor.data.some(isCutText))
        throw new PredictionError(
          `the input '${input.name}' holds a text with a NUL or half a surrogate pair, which does not pass ONNX Runtime`,
          400,
        );
      if (problem === undefined) continue;
      throw new MarError(`The input '${input.name}' ${problem}; the model's inputs: ${this.describeInputs()}.`, {
        code: 'ERR_MODEL_INPUT',
        hint: 'Give a tensor for each input, made with `tensor(type, values, dims)`.',
      });
    }
  }

  #unknown(name: string): MarError {
    const hasDefault = this.model?.defaults.some((value) => value.name === name) ?? false;
    const problem = hasDefault
      ? `has a default in the model (an initializer), which ONNX Runtime for Node cannot replace`
      : 'is not an input of the model';
    return new MarError(`The tensor '${name}' ${problem}; its inputs: ${this.describeInputs()}.`, {
      code: 'ERR_MODEL_INPUT',
      hint: hasDefault
        ? `Remove the initializer '${name}' from the model: then it is an input that every request gives.`
        : 'preprocess returns tensors by the names of the inputs.',
    });
  }

  /** `x: float32[n,4], mask: bool[n]`. */
  describeInputs(): string {
    return this.inputs
      .map((input) =>
        input.isTensor
          ? `${input.name}: ${input.type}[${input.shape.map((extent) => extent || '?').join(',')}]`
          : input.name,
      )
      .join(', ');
  }

  /** Frees the session. */
  async close(): Promise<void> {
    await this.#session.release();
  }

  async #run(tensors: Tensors): Promise<Tensors> {
    // A name may be `__proto__`.
    const feeds: Record<string, Tensor> = Object.create(null);
    for (const [name, tensor] of Object.entries(tensors)) feeds[name] = this.#toTensor(tensor);
    try {
      const outputs = await this.#session.run(feeds, [...this.#fetches.keys()]);
      const found = Object.entries(outputs).flatMap(([fetched, tensor]) =>
        // Plain, as those of a joined run are: an answer made of one is the same alone and in a batch.
        (this.#fetches.get(fetched) ?? []).map((name): [string, TensorLike] => [
          name,
          { type: tensor.type, data: tensor.data, dims: tensor.dims },
        ]),
      );
      return Object.fromEntries(found);
    } catch (error) {
      // Whatever does not speak of the input (memory, a device, a defect) is no fault of the client.
      if (
        !/input|feed|dimension|shape|rank|indices|bounds/i.test(messageOf(error)) ||
        /alloc|memory/i.test(messageOf(error))
      )
        throw error;
      throw new PredictionError(`the model refused the input: ${messageOf(error)}`, 400, { cause: error });
    }
  }

  #toTensor(like: TensorLike): Tensor {
    if (like instanceof this.#Tensor) return like;
    const { type, data, dims } = like;
    // float16 is carried as bits, whatever class holds them.
    const isOther = type === 'float16' && ArrayBuffer.isView(data) && !(data instanceof Uint16Array);
    return new this.#Tensor(type, isOther ? new Uint16Array(data.buffer, data.byteOffset, data.length) : data, dims);
  }
}

/** What is wrong with a tensor whatever the client has sent. */
function problemOf({ type, data, dims }: TensorLike, input: ValueMetadata): string | undefined {
  if (input.isTensor && input.type !== type) return `got ${type}[${dims.join(',')}]`;
  const wanted = dims.reduce((product, extent) => product * extent, 1);
  if (isNumeric(type) && data.length !== wanted)
    return `got a tensor of shape [${dims.join(',')}] with ${data.length} elements, expected ${wanted}`;
  return undefined;
}

/** The session's outputs in the model's order; those that ZipMap makes as the tensors behind them. */
function outputsOf(
  { outputMetadata }: InferenceSession,
  model: OnnxModel | undefined,
  maps: ReadonlyMap<string, ZipMap>,
): readonly ValueMetadata[] {
  if (!model || maps.size === 0) return outputMetadata;
  return model.outputs.flatMap(({ name }): ValueMetadata[] => {
    const map = maps.get(name);
    if (map) return [{ name, isTensor: true, type: 'float32', shape: ['', map.labels.length] }];
    return outputMetadata.filter((value) => value.name === name);
  });
}
