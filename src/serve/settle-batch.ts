import { MarError } from '#errors.js';
import type { WorkerResponse } from '#protocol/messages.js';
import { SENTENCES } from '#protocol/sentences.js';
import type { Job, JobFailure } from './job.js';

/** Gives each job of a batch its prediction, or all of them the failure of the batch. */
export function settle(jobs: readonly Job[], response: WorkerResponse): void {
  if (response.code !== 200) {
    failAll(jobs, failureOf(response));
    return;
  }
  jobs.forEach((job, index) => {
    const inPlace = response.predictions[index];
    const prediction = inPlace?.id === job.id ? inPlace : response.predictions.find(({ id }) => id === job.id);
    if (prediction) job.answer(prediction);
    else job.fail({ status: 503, message: SENTENCES.wrongLength });
  });
}

/** Below one of these stands the handler's own error; other messages are the handler's, and stay whole. */
const FIXED: ReadonlySet<string> = new Set(Object.values(SENTENCES));

function failureOf({ code, message }: WorkerResponse): JobFailure {
  const end = message.indexOf('\n');
  if (end < 0 || !FIXED.has(message.slice(0, end))) return { status: code, message };
  return { status: code, message: message.slice(0, end), detail: message.slice(end + 1) };
}

/** Fails every job of a batch. */
export function failAll(jobs: readonly Job[], failure: JobFailure): void {
  for (const job of jobs) job.fail(failure);
}

/** A worker that died or hung: the peers' sentence, and our knowledge of the cause. */
export function deathOf(error: unknown): JobFailure {
  const message = 'Worker died.';
  if (!(error instanceof MarError)) return { status: 500, message, detail: String(error) };
  const detail = [error.message, error.detail].filter(Boolean).join('\n');
  return { status: 500, message, detail, hint: error.hint };
}
