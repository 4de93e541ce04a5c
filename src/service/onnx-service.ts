import { MarError, messageOf } from '#errors/mar-error.js';
import type { Context } from './context.js';
import type { Inputs } from './inputs.js';
import type { BatchSetting } from './onnx/batching.js';
import { findModelFile } from './onnx/find-model-file.js';
import { OnnxSession } from './onnx/onnx-session.js';
import { PredictionError } from './prediction-error.js';
import type { ModelService, Results } from './service.js';
import type { TensorLike, Tensors } from './tensor.js';

/** What preprocessing made of one request: tensors, or the error that answers it alone. */
type Prepared = readonly (Tensors | PredictionError)[];

/**
 * Base class of services that run one ONNX model: extend it, turn a request into tensors (`preprocess`) and outputs into an
 * answer (`postprocess`). Loading, batching, threads and devices are done here; the next batch is preprocessed while the
 * current one runs. A `PredictionError` from either method answers its request alone.
 */
export abstract class OnnxService implements ModelService<Prepared> {
  /** The ONNX file in the archive; without it the manifest's `serializedFile` or the only one there is. */
  protected modelFile?: string;
  /**
   * How requests of a batch go through the model. Without it they share a run where that is proven from the graph: `false` runs them
   * one by one, `{ axis: 0 }` says that the model keeps its rows apart, `pad` fills open axes of shorter tensors.
   */
  protected batch?: BatchSetting;
  #session: OnnxSession | undefined;

  /** The loaded model, after `initialize`. */
  protected get session(): OnnxSession {
    if (this.#session) return this.#session;
    throw new MarError('The model is not loaded: initialize() of OnnxService was not called.', {
      code: 'ERR_NOT_INITIALIZED',
    });
  }

  /** One request's inputs as tensors, by the model's input names; a lone tensor is for a model with one input. */
  protected abstract preprocess(
    inputs: Inputs,
    context: Context,
    index: number,
  ): Tensors | TensorLike | Promise<Tensors | TensorLike>;

  /** The answer of one request; each output keeps its batch axis, of the rows that the request put in. */
  protected abstract postprocess(outputs: Tensors, context: Context, index: number): unknown;

  async initialize(context: Context): Promise<void> {
    const { batch } = this;
    this.#session = await OnnxSession.load(await findModelFile(context, this.modelFile), context, { batch });
  }

  async prepare(batch: readonly Inputs[], context: Context): Promise<Prepared> {
    return Promise.all(
      batch.map((inputs, index) =>
        isolate(async () => this.#named(await this.preprocess(inputs, context, index), context)),
      ),
    );
  }

  async handle(batch: readonly Inputs[], context: Context, prepared?: Prepared): Promise<Results> {
    const requests = prepared ?? (await this.prepare(batch, context));
    const outputs = await this.#run(requests);
    return Promise.all(
      outputs.map((output, index) =>
        output instanceof PredictionError ? output : isolate(() => this.postprocess(output, context, index)),
      ),
    );
  }

  async close(): Promise<void> {
    await this.#session?.close();
  }

  /** Runs what could be prepared together; when the model refuses, one by one, so that only the culprit fails. */
  async #run(requests: Prepared): Promise<Prepared> {
    const valid = requests.flatMap((request) => (request instanceof PredictionError ? [] : [request]));
    const outputs = await isolate(() => this.session.run(valid));
    if (!(outputs instanceof PredictionError)) {
      const next = outputs.values();
      return requests.map((request) => (request instanceof PredictionError ? request : (next.next().value ?? {})));
    }
    if (valid.length === 1) return requests.map((request) => (request instanceof PredictionError ? request : outputs));
    const results: (Tensors | PredictionError)[] = [];
    for (const request of requests) results.push(...(await this.#run([request])));
    return results;
  }

  /**
   * The tensors by name. Names that the model does not have are a mistake of the service: 500 for the request, and the log says where.
   */
  #named(tensors: Tensors | TensorLike, { manifest }: Context): Tensors {
    const { inputs } = this.session;
    const [input, ...others] = inputs;
    const named = !isTensor(tensors) ? tensors : input && others.length === 0 ? { [input.name]: tensors } : undefined;
    try {
      if (named) this.session.checkNames(named);
      else
        throw new MarError(`It is one tensor, but the model has ${inputs.length} inputs.`, {
          code: 'ERR_MODEL_INPUT',
          hint: `Return an object by name: ${inputs.map(({ name }) => name).join(', ')}.`,
        });
      return named;
    } catch (cause) {
      const handler = manifest?.model.handler === undefined ? '' : ` (${manifest.model.handler})`;
      const hint = cause instanceof MarError && cause.hint !== undefined ? ` ${cause.hint}` : '';
      const place = `${this.constructor.name}.preprocess${handler}`;
      const message = `The result of ${place} does not fit the model. ${messageOf(cause)}${hint}`;
      process.stderr.write(`${message}\n`);
      throw new PredictionError(message, 500, { cause });
    }
  }
}

function isTensor(value: Tensors | TensorLike): value is TensorLike {
  return 'dims' in value && Array.isArray(value.dims) && typeof value.type === 'string';
}

/** What `work` returns, or the PredictionError it throws; other errors pass. */
async function isolate<T>(work: () => T | Promise<T>): Promise<T | PredictionError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PredictionError) return error;
    throw error;
  }
}
