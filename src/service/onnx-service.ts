import { MarError, messageOf } from '#errors/mar-error.js';
import type { Context } from './context.js';
import type { Inputs } from './inputs.js';
import type { BatchSetting } from './onnx/batching.js';
import { findModelFile } from './onnx/find-model-file.js';
import { OnnxSession } from './onnx/onnx-session.js';
import { Preprocessed, type PreprocessResult } from './onnx/preprocessed.js';
import { PredictionError } from './prediction-error.js';
import type { ModelService, Results } from './service.js';
import type { TensorLike, Tensors } from './tensor.js';

/** What preprocessing made of one request. */
interface Ready<Found> {
  readonly tensors: Tensors;
  readonly found: Found;
  /** Position of the request in the batch of the context. */
  readonly index: number;
}

interface Preparing<Found> {
  readonly inputs: object;
  readonly ready: Promise<Ready<Found> | PredictionError | Thrown>;
}

/** Another error than a PredictionError from `preprocess` or `postprocess`: it fails its request, not those of other clients. */
class Thrown {
  readonly reason: unknown;

  constructor(reason: unknown) {
    this.reason = reason;
  }

  /** As a result in the list, where the runner makes of it what it makes of any promise that is rejected. */
  toResult(): Promise<never> {
    const result = Promise.reject(this.reason);
    // It is awaited once the whole list is there.
    result.catch(() => {});
    return result;
  }
}

/**
 * Base class of services that run one ONNX model: extend it, turn a request into tensors (`preprocess`) and outputs into an
 * answer (`postprocess`). Loading, batching, threads and devices are done here; the next batch is preprocessed while the
 * current one runs, so that `preprocess` must not read what `postprocess` writes. What either method throws fails
 * its request alone, a `PredictionError` with its own status. `Found` is what `preprocess` hands to `postprocess` beside the tensors, with `preprocessed(tensors, found)`;
 * `Request` is `InputsOf` the declared inputs.
 */
export abstract class OnnxService<Found = undefined, Request extends object = Inputs>
  implements ModelService<unknown, Request>
{
  /** The ONNX file in the archive; without it the manifest's `serializedFile` or the only one there is. */
  protected modelFile?: string;
  /**
   * How requests of a batch go through the model. Without it they share a run where that is proven from the graph: `false` runs them
   * one by one, `{ axis: 0 }` says that the model keeps its rows apart, `pad` fills open axes of shorter tensors.
   */
  protected batch?: BatchSetting;
  #session: OnnxSession | undefined;
  /** What was prepared of a batch. A service that overrides `handle` may pass on fewer of its requests, or others. */
  readonly #prepared = new WeakMap<Context, readonly Preparing<Found>[]>();

  /** The loaded model, after `initialize`. */
  protected get session(): OnnxSession {
    if (this.#session) return this.#session;
    throw new MarError('The model is not loaded: initialize() of OnnxService was not called.', {
      code: 'ERR_NOT_INITIALIZED',
    });
  }

  /**
   * One request's inputs as tensors, by the model's input names; a lone tensor is for a model with one input. A service with a type
   * for `Found` returns `preprocessed(tensors, found)`.
   */
  protected abstract preprocess(
    inputs: Request,
    context: Context,
    index: number,
  ): PreprocessResult<Found> | Promise<PreprocessResult<Found>>;

  /** The answer of one request; each output keeps its batch axis, of the rows that the request put in. */
  protected abstract postprocess(outputs: Tensors, context: Context, index: number, found: Found): unknown;

  async initialize(context: Context): Promise<void> {
    const { batch } = this;
    this.#session = await OnnxSession.load(await findModelFile(context, this.modelFile), context, { batch });
  }

  /** Preprocesses the requests of a batch; `handle` finds them by the context. */
  async prepare(batch: readonly Request[], context: Context): Promise<unknown> {
    const prepared = batch.map((inputs, index) => ({ inputs, ready: this.#prepare(inputs, context, index) }));
    this.#prepared.set(context, prepared);
    return Promise.all(prepared.map(({ ready }) => ready));
  }

  /** One result for each request of `batch`: all of those that `prepare` has seen, some of them, or others. */
  async handle(batch: readonly Request[], context: Context, _prepared?: unknown): Promise<Results> {
    const prepared = [...(this.#prepared.get(context) ?? [])];
    const requests = await Promise.all(
      batch.map((inputs, index) => {
        const at = prepared.findIndex((one) => one.inputs === inputs);
        const [found] = at < 0 ? [] : prepared.splice(at, 1);
        return found?.ready ?? this.#prepare(inputs, context, index);
      }),
    );
    const outputs = await this.#run(requests.map((request) => ('tensors' in request ? request.tensors : undefined)));
    const answers = await Promise.all(
      requests.map((request, position) => {
        const output = outputs[position] ?? {};
        if (!('tensors' in request)) return request;
        if (output instanceof PredictionError || output instanceof Thrown) return output;
        return isolate(() => this.postprocess(output, context, request.index, request.found));
      }),
    );
    return answers.map((answer) => (answer instanceof Thrown ? answer.toResult() : answer));
  }

  async close(): Promise<void> {
    await this.#session?.close();
  }

  #prepare(inputs: Request, context: Context, index: number): Promise<Ready<Found> | PredictionError | Thrown> {
    return isolate(async () => {
      const made: Preprocessed<Found> | Tensors | TensorLike = await this.preprocess(inputs, context, index);
      const isMore = isPreprocessed(made);
      // Without `preprocessed` the types let nothing be found: Found is undefined.
      const found = (isMore ? made.found : undefined) as Found;
      return { tensors: this.#named(isMore ? made.tensors : made, context), found, index };
    });
  }

  /** Runs what could be prepared together; when the run fails, one by one, so that only the culprit fails. */
  async #run(requests: readonly (Tensors | undefined)[]): Promise<readonly (Tensors | PredictionError | Thrown)[]> {
    const { session } = this;
    const valid = requests.filter((request) => request !== undefined);
    try {
      const outputs = (await session.run(valid)).values();
      return requests.map((request) => (request && outputs.next().value) ?? {});
    } catch (error) {
      const failed = error instanceof PredictionError ? error : new Thrown(error);
      if (valid.length <= 1) return requests.map((request) => (request ? failed : {}));
    }
    const results: (Tensors | PredictionError | Thrown)[] = [];
    for (const request of requests) results.push(...(await this.#run([request])));
    return results;
  }

  /**
   * The tensors by name. Names that the model does not have are a mistake of the service: 500 for the request, and the log says where.
   */
  #named(tensors: Tensors | TensorLike, { manifest }: Context): Tensors {
    const { inputs } = this.session;
    const [input, ...others] = inputs;
    const isNothing = typeof tensors !== 'object' || tensors === null;
    const named =
      isNothing || !isTensor(tensors) ? tensors : input && others.length === 0 ? { [input.name]: tensors } : undefined;
    try {
      if (isNothing) throw new MarError(`It is ${String(tensors)}, expected tensors.`, { code: 'ERR_MODEL_INPUT' });
      if (named) this.session.check(named);
      else
        throw new MarError(`It is one tensor, but the model has ${inputs.length} inputs.`, {
          code: 'ERR_MODEL_INPUT',
          hint: `Return an object by name: ${inputs.map(({ name }) => name).join(', ')}.`,
        });
      return named;
    } catch (cause) {
      if (cause instanceof PredictionError) throw cause;
      const handler = manifest?.model.handler === undefined ? '' : ` (${manifest.model.handler})`;
      const hint = cause instanceof MarError && cause.hint !== undefined ? ` ${cause.hint}` : '';
      const place = `${this.constructor.name}.preprocess${handler}`;
      const message = `The result of ${place} does not fit the model. ${messageOf(cause)}${hint}`;
      process.stderr.write(`${message}\n`);
      throw new PredictionError(message, 500, { cause });
    }
  }
}

function isPreprocessed<Found>(made: Preprocessed<Found> | Tensors | TensorLike): made is Preprocessed<Found> {
  return made instanceof Preprocessed;
}

function isTensor(value: Tensors | TensorLike): value is TensorLike {
  return 'dims' in value && Array.isArray(value.dims) && typeof value.type === 'string';
}

/** What `work` returns, or what it throws in its place. */
async function isolate<T>(work: () => T | Promise<T>): Promise<T | PredictionError | Thrown> {
  try {
    return await work();
  } catch (error) {
    return error instanceof PredictionError ? error : new Thrown(error);
  }
}
