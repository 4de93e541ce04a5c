import { MarError } from '#errors/mar-error.js';
import type { Prediction, PredictJob, WorkerResponse } from '#protocol/messages.js';
import { encodeResponse } from '#protocol/response.js';
import { SENTENCES } from '#protocol/sentences.js';
import { Context, type Inputs, PredictionError, type Results } from '#service/index.js';
import { isOutOfMemory } from './advice.js';
import { collect, isCollectable, UnfitPiece } from './collect.js';
import { explain } from './failure.js';
import { kindOf } from './kind-of.js';
import type { LoadedModel } from './load-model.js';
import { encodeOutput, errorPrediction, FailedResult, unsupported } from './output.js';
import { StrayRejections } from './stray-rejections.js';

/** A batch whose preparation may still be under way. */
export interface Batch {
  readonly jobs: readonly PredictJob[];
  /** Position of each handled request among the jobs; the others could not be decoded. */
  readonly positions: readonly number[];
  readonly inputs: readonly Inputs[];
  readonly refused: ReadonlyMap<number, PredictionError>;
  readonly context: Context;
  readonly prepared: Promise<unknown>;
  readonly strays: StrayRejections;
}

/**
 * Decodes a batch and starts its preparation; a request with broken JSON or text, or one that does not fit the declared inputs, is set
 * aside and answered alone.
 */
export function prepareBatch({ service, context, readInputs }: LoadedModel, jobs: readonly PredictJob[]): Batch {
  const positions: number[] = [];
  const inputs: Inputs[] = [];
  const refused = new Map<number, PredictionError>();
  for (const [position, job] of jobs.entries()) {
    try {
      inputs.push(readInputs(job.parameters));
      positions.push(position);
    } catch (error) {
      if (!(error instanceof PredictionError)) throw error;
      refused.set(position, error);
    }
  }
  const accepted = refused.size === 0 ? jobs : positions.flatMap((position) => jobs[position] ?? []);
  const batchContext = new Context(
    context,
    accepted.map(({ id, headers, parameters }) => ({ id, headers, parameters })),
  );
  const strays = new StrayRejections();
  const prepared =
    service.prepare && inputs.length > 0
      ? Promise.resolve().then(() => strays.run(() => service.prepare?.(inputs, batchContext)))
      : Promise.resolve(undefined);
  // It is awaited in `runBatch`; until then a failure must not count as unhandled.
  prepared.catch(() => {});
  return { jobs, positions, inputs, refused, context: batchContext, prepared, strays };
}

/** The answer to a batch as bytes; whatever a handler throws or returns, there is one. */
export async function answerBatch(model: LoadedModel, batch: Batch): Promise<Buffer[]> {
  try {
    const response = batch.strays.guard(() => runBatch(model, batch));
    return encodeResponse(await response.catch((error: unknown) => handlerFailure(batch, error)));
  } catch {
    // Objects of the handler may throw when they are looked at (getters, proxies): nothing of them is touched here.
    const message = `${SENTENCES.predictionFailed}\nthe handler threw or returned an object that cannot be read`;
    return encodeResponse(batchFailure(batch.jobs, 503, message));
  }
}

/** Calls the service and makes the answer, with Multi Model Server's code and message for each way to break the contract. */
async function runBatch({ service }: LoadedModel, batch: Batch): Promise<WorkerResponse> {
  const { jobs, inputs, context } = batch;
  let results: Results = [];
  try {
    if (inputs.length > 0) results = await service.handle(inputs, context, await batch.prepared);
  } catch (error) {
    return handlerFailure(batch, error);
  }
  if (!Array.isArray(results)) {
    return broken(jobs, SENTENCES.noList, kindOf(results), 'a list');
  }
  if (results.length !== inputs.length) {
    return broken(jobs, SENTENCES.wrongLength, `${results.length} results`, `${inputs.length}`);
  }
  return {
    code: 200,
    message: 'Prediction success',
    predictions: predictionsOf(batch, await settle(results, context)),
  };
}

/**
 * The results with promises among them awaited, as `batch.map(async …)` returns them, and what streams and generators bring
 * collected. What fails fails its own request alone, and the log has the error.
 */
async function settle(results: Results, context: Context): Promise<Results> {
  if (!results.some(isPending)) return results;
  return Promise.all(
    results.map(async (pending, index) => {
      let result: unknown;
      try {
        result = await pending;
        return isCollectable(result) ? await collect(result) : result;
      } catch (error) {
        if (error instanceof PredictionError) return error;
        if (error instanceof UnfitPiece) return unsupported(index, `is ${kindOf(result)}: ${error.message}`);
        const failed = failedBy(error, context);
        process.stderr.write(`${failed.message}\n`);
        return failed;
      }
    }),
  );
}

/** Whether a result is to be waited for. Looking at an object of the handler may throw (a getter, a proxy): its own request hears of it. */
function isPending(value: unknown): boolean {
  try {
    return isPromise(value) || isCollectable(value);
  } catch {
    return true;
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function predictionsOf({ jobs, positions, refused, context }: Batch, results: Results): Prediction[] {
  const indexes = new Map(positions.map((position, index) => [position, index]));
  return jobs.map(({ id }, position) => {
    const index = indexes.get(position) ?? 0;
    return encodeOutput(id, refused.get(position) ?? results[index], context, index);
  });
}

function handlerFailure({ jobs, context }: Batch, error: unknown): WorkerResponse {
  if (error instanceof PredictionError) return refusal(jobs, error);
  const { status, message } = failedBy(error, context);
  return batchFailure(jobs, status, message);
}

/** What was thrown, in Multi Model Server's words; 500 for tensors that the model does not have, which no client can change. */
function failedBy(error: unknown, { modelDir }: Context): FailedResult {
  const cause = explain(error, modelDir);
  if (isOutOfMemory(error)) return new FailedResult(507, `${SENTENCES.outOfResources}\n${cause}`);
  const status = error instanceof MarError && error.code === 'ERR_MODEL_INPUT' ? 500 : 503;
  return new FailedResult(status, `${SENTENCES.predictionFailed}\n${cause}`);
}

/** A handler that breaks the contract. */
function broken(jobs: readonly PredictJob[], sentence: string, found: string, expected: string): WorkerResponse {
  return batchFailure(jobs, 503, `${sentence}\nhandle returned ${found}, expected ${expected}`);
}

/** A PredictionError for all requests: with a status of HTTP's errors the answer's body is made here, with a type that fits. */
function refusal(jobs: readonly PredictJob[], error: PredictionError): WorkerResponse {
  const { status } = error;
  const whole = batchFailure(jobs, status, String(error.message));
  if (!(status >= 400 && status < 600)) return whole;
  return { ...whole, predictions: jobs.map(({ id }) => errorPrediction(id, error)) };
}

/** A batch that failed as a whole. The message is Multi Model Server's sentence, with the handler's own error below it. */
function batchFailure(jobs: readonly PredictJob[], code: number, message: string): WorkerResponse {
  const body = Buffer.from('error');
  const predictions = jobs.map(({ id }) => ({ id, contentType: '', status: code, phrase: '', headers: [], body }));
  return { code, message, predictions };
}
