import type { Prediction, PredictJob, WorkerResponse } from '#protocol/messages.js';
import { encodeResponse } from '#protocol/response.js';
import { SENTENCES } from '#protocol/sentences.js';
import { Context, type Inputs, PredictionError, type Results } from '#service/index.js';
import { isOutOfMemory } from './advice.js';
import { explain } from './failure.js';
import { decodeInputs } from './inputs.js';
import { kindOf } from './kind-of.js';
import type { LoadedModel } from './load-model.js';
import { encodeOutput } from './output.js';
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

/** Decodes a batch and starts its preparation; a request with broken JSON or text is set aside and answered alone. */
export function prepareBatch({ service, context }: LoadedModel, jobs: readonly PredictJob[]): Batch {
  const positions: number[] = [];
  const inputs: Inputs[] = [];
  const refused = new Map<number, PredictionError>();
  for (const [position, job] of jobs.entries()) {
    try {
      inputs.push(decodeInputs(job.parameters));
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
  return { code: 200, message: 'Prediction success', predictions: collect(batch, await settle(results, context)) };
}

/**
 * The results with promises among them awaited, as `batch.map(async …)` returns them: one that is rejected fails its own request,
 * and the log has the error.
 */
async function settle(results: Results, context: Context): Promise<Results> {
  if (!results.some(isPromise)) return results;
  const settled = await Promise.allSettled(results);
  return settled.map((result) => {
    if (result.status === 'fulfilled') return result.value;
    if (result.reason instanceof PredictionError) return result.reason;
    const cause = explain(result.reason, context.modelDir);
    process.stderr.write(`${cause}\n`);
    const sentence = isOutOfMemory(result.reason) ? SENTENCES.outOfResources : SENTENCES.predictionFailed;
    return new PredictionError(`${sentence}\n${cause}`, isOutOfMemory(result.reason) ? 507 : 503);
  });
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function collect({ jobs, positions, refused, context }: Batch, results: Results): Prediction[] {
  const indexes = new Map(positions.map((position, index) => [position, index]));
  return jobs.map(({ id }, position) => {
    const index = indexes.get(position) ?? 0;
    return encodeOutput(id, refused.get(position) ?? results[index], context, index);
  });
}

function handlerFailure({ jobs, context }: Batch, error: unknown): WorkerResponse {
  if (error instanceof PredictionError) return batchFailure(jobs, error.status, String(error.message));
  const cause = explain(error, context.modelDir);
  if (isOutOfMemory(error)) return batchFailure(jobs, 507, `${SENTENCES.outOfResources}\n${cause}`);
  return batchFailure(jobs, 503, `${SENTENCES.predictionFailed}\n${cause}`);
}

/** A handler that breaks the contract. */
function broken(jobs: readonly PredictJob[], sentence: string, found: string, expected: string): WorkerResponse {
  return batchFailure(jobs, 503, `${sentence}\nhandle returned ${found}, expected ${expected}`);
}

/** A batch that failed as a whole. The message is Multi Model Server's sentence, with the handler's own error below it. */
function batchFailure(jobs: readonly PredictJob[], code: number, message: string): WorkerResponse {
  const body = Buffer.from('error');
  const predictions = jobs.map(({ id }) => ({ id, contentType: '', status: code, phrase: '', headers: [], body }));
  return { code, message, predictions };
}
