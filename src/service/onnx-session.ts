import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { DeviceContext } from '#device/context.js';
import { fallBack } from '#device/resolve-device.js';
import { messageOf } from '#errors/mar-error.js';
import type { Context } from './context.js';
import { PredictionError } from './prediction-error.js';
import { concatenate, splitRows } from './rows.js';
import type { TensorLike, Tensors } from './tensor.js';

/** What the model says about one of its inputs or outputs. */
export type ValueMetadata = InferenceSession.ValueMetadata;

/** The providers of a device, the GPU's number with them. */
function providersOf({ running, executionProviders }: DeviceContext): InferenceSession.ExecutionProviderConfig[] {
  const deviceId = Number(running.split(':')[1] ?? 0);
  return executionProviders.map((name) => (name === 'cuda' ? { name, deviceId } : name));
}

/** What ONNX Runtime says when a provider is installed without the libraries, the driver or the GPU that it needs. */
const NO_PROVIDER = /AppendExecutionProvider|CUDA driver|no CUDA-capable/i;

/** One ONNX Runtime session and what it says about the model. */
export class OnnxSession {
  readonly inputs: readonly ValueMetadata[];
  readonly outputs: readonly ValueMetadata[];
  readonly #session: InferenceSession;
  readonly #Tensor: typeof Tensor;
  readonly #joins: boolean;

  private constructor(session: InferenceSession, TensorClass: typeof Tensor) {
    this.#session = session;
    this.#Tensor = TensorClass;
    this.inputs = session.inputMetadata;
    this.outputs = session.outputMetadata;
    // Several requests fit in one run when every input and output leaves its first axis open.
    this.#joins = [...this.inputs, ...this.outputs].every(
      (value) => value.isTensor && typeof value.shape[0] === 'string',
    );
  }

  /**
   * Loads the model for the device of the context, with OMP_NUM_THREADS threads (all cores without it). Where the provider of that
   * device cannot be loaded, on the cpu with a notice, or `ERR_DEVICE_UNAVAILABLE` if the archive says so.
   */
  static async load(path: string, context: Context): Promise<OnnxSession> {
    const { InferenceSession, Tensor } = await import('onnxruntime-node');
    const threads = Number(process.env['OMP_NUM_THREADS']);
    const create = (device: DeviceContext) =>
      InferenceSession.create(path, {
        executionProviders: providersOf(device),
        ...(threads > 0 && { intraOpNumThreads: threads, interOpNumThreads: 1 }),
      });
    const load = async (device: DeviceContext): Promise<InferenceSession> => {
      const session = await create(device);
      context.onSession?.(device);
      return session;
    };
    const session = await load(context.device).catch((error: unknown) => {
      if (context.device.running === 'cpu' || !NO_PROVIDER.test(messageOf(error))) throw error;
      const obstacle = `The libraries of ONNX Runtime for ${context.device.running} cannot be loaded here: ${messageOf(error)}.`;
      const device = fallBack(context.device, obstacle);
      process.stderr.write(`${obstacle} Model ${context.modelName} runs on ${device.running}.\n`);
      return load(device);
    });
    return new OnnxSession(session, Tensor);
  }

  /**
   * Outputs of each request: all in one run where the model's batch axis is open and the shapes agree, else one run each.
   * A tensor's first axis may hold several rows. What ONNX Runtime refuses (a wrong name, shape or type) is a `PredictionError` 400.
   */
  async run(requests: readonly Tensors[]): Promise<Tensors[]> {
    const joined = this.#joins && requests.length > 1 ? concatenate(requests) : undefined;
    const split = joined && splitRows(await this.#run(joined.tensors), joined.rows);
    if (split) return split;
    const results: Tensors[] = [];
    for (const request of requests) results.push(await this.#run(request));
    return results;
  }

  /** Frees the session. */
  async close(): Promise<void> {
    await this.#session.release();
  }

  async #run(tensors: Tensors): Promise<Tensors> {
    const feeds: Record<string, Tensor> = {};
    for (const [name, tensor] of Object.entries(tensors)) feeds[name] = this.#toTensor(tensor);
    try {
      return await this.#session.run(feeds);
    } catch (error) {
      // Whatever does not speak of the input (memory, a device, a defect) is no fault of the client.
      if (!/input|feed|dimension|shape|rank/i.test(messageOf(error)) || /alloc|memory/i.test(messageOf(error)))
        throw error;
      throw new PredictionError(`the model refused the input: ${messageOf(error)}`, 400, { cause: error });
    }
  }

  #toTensor(like: TensorLike): Tensor {
    return like instanceof this.#Tensor ? like : new this.#Tensor(like.type, like.data, like.dims);
  }
}
