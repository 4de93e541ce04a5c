import { MarError, messageOf } from '#errors/mar-error.js';
import { readFailure } from '#hosting/failure-message.js';
import type { Prediction, WorkerResponse } from '#protocol/messages.js';
import { SENTENCES } from '#protocol/sentences.js';
import type { Job, JobFailure } from './job.js';

/** A body that holds an error has fewer bytes. */
const LONGEST_ERROR = 32 * 1024;

/** Hears of each failure of requests, once, after they are answered. */
export type OnFailure = (jobs: readonly Job[], failure: JobFailure) => void;

/** Gives each job of a batch its prediction, or all of them the failure of the batch. */
export function settle(jobs: readonly Job[], response: WorkerResponse, onFailure: OnFailure): void {
  if (response.code !== 200) {
    const failure = failureOf(response.code, response.message);
    for (const job of jobs) {
      const own = response.predictions.find(({ id }) => id === job.id);
      if (own && isRefusal(own, response.code)) job.answer(own);
      else job.fail(failure);
    }
    onFailure(jobs, failure);
    return;
  }
  jobs.forEach((job, index) => {
    const inPlace = response.predictions[index];
    const prediction = inPlace?.id === job.id ? inPlace : response.predictions.find(({ id }) => id === job.id);
    settleOne(job, prediction, onFailure);
  });
}

/** The error of a handler as our worker writes it, with a type that fits the status; the peers' workers send the body `error`. */
function isRefusal({ status, contentType, body }: Prediction, code: number): boolean {
  return status === code && contentType === 'application/json' && body.toString('latin1', 0, 1) === '{';
}

function settleOne(job: Job, prediction: Prediction | undefined, onFailure: OnFailure): void {
  const failure = failureIn(prediction);
  if (prediction && (failure === undefined || failure.isAnswer)) job.answer(prediction);
  else if (failure) job.fail(failure);
  if (failure) onFailure([job], failure);
}

/** What is wrong with an answer; one that the handler made a failure itself, by a status of 500 or above, goes out as it is. */
function failureIn(prediction: Prediction | undefined): (JobFailure & { readonly isAnswer?: boolean }) | undefined {
  if (prediction === undefined) return { status: 503, message: SENTENCES.wrongLength };
  const message = faultOf(prediction);
  if (message !== undefined) return { status: 500, message };
  if (prediction.status < 500) return undefined;
  const failure = failedItem(prediction);
  return { ...failure, isAnswer: !isOurs(failure.message) };
}

/** A handler's own status that HTTP does not have, or a header that would break the answer apart. */
function faultOf({ status, headers }: Prediction): string | undefined {
  if (status < 200 || status > 999) return `The handler set status ${status}; a status is between 200 and 999.`;
  const broken = headers.find(([name, value]) => /[\r\n\0]/.test(value) || /[\r\n\0]/.test(name));
  return broken && `The handler set header ${JSON.stringify(broken[0])} to a value with a line break.`;
}

/** Below one of these stands the handler's own error; other messages are the handler's, and stay whole. */
const FIXED: ReadonlySet<string> = new Set(Object.values(SENTENCES));

function isOurs(message: string): boolean {
  return FIXED.has(message);
}

function failureOf(status: number, message: string): JobFailure {
  const { sentence, ...rest } = readFailure(message);
  return isOurs(sentence) ? { status, message: sentence, ...rest } : { status, message };
}

/** What one request of a batch was refused with: the error in its body, or the handler's own status. */
function failedItem({ status, contentType, body }: Prediction): JobFailure {
  const own = { status, message: 'the handler set this status' };
  if (contentType !== 'application/json' || body.length > LONGEST_ERROR) return own;
  try {
    const { message }: { message?: unknown } = JSON.parse(body.toString());
    return typeof message === 'string' ? failureOf(status, message) : own;
  } catch {
    return own;
  }
}

/** Fails every job of a batch. */
export function failAll(jobs: readonly Job[], failure: JobFailure): void {
  for (const job of jobs) job.fail(failure);
}

/** A worker that died or hung, and what is known of the cause. */
export function deathOf(error: unknown): JobFailure {
  const died = { status: 500, code: 'ERR_WORKER_DIED', message: messageOf(error) } as const;
  return error instanceof MarError ? { ...died, detail: error.detail, hint: error.advice } : died;
}
