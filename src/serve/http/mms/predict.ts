import type { Prediction } from '#protocol/messages.js';
import type { Job, JobOutcome } from '../../queue/job.js';
import { readInputs } from '../body/inputs.js';
import type { Answer } from '../server/answer.js';
import type { HttpRequest, RouteContext } from '../server/exchange.js';
import { answerOfFailure } from './error-answer.js';
import { handlerHeaders } from './handler-headers.js';

/** Runs one prediction: the request becomes a job, the worker's prediction the answer. `added` headers take the place of the client's. */
export function answerPrediction(
  { manager, settings }: RouteContext,
  request: HttpRequest,
  modelName: string,
  withQuery: boolean,
  added: readonly (readonly [name: string, value: string])[] = [],
): Promise<Answer> {
  const { id, rawHeaders, body } = request;
  const parameters = readInputs(request, withQuery);
  return new Promise((resolve) => {
    const settle = (outcome: JobOutcome): void => {
      const answer = outcome.prediction
        ? timed(answerOfPrediction(outcome.prediction), settings.serverTiming ? job : undefined)
        : answerOfFailure(outcome.failure, settings.errorDetail);
      resolve(settings.accessLog ? { ...answer, model: modelName } : answer);
    };
    const headers = handlerHeaders(added.length === 0 ? rawHeaders : replaced(rawHeaders, added), body.length);
    const job = manager.submit(modelName, { id, headers, parameters }, settle);
    request.onDisconnect(() => job.abandon());
  });
}

/** The answer with what the W3C's Server Timing says of its job, where that is wanted. */
function timed(answer: Answer, job: Job | undefined): Answer {
  if (!job?.run) return answer;
  const { began, ended, batch } = job.run;
  const [queue, handler] = [began - job.acceptedAt, ended - began].map((time) => Math.max(0, time).toFixed(3));
  const value = `queue;dur=${queue}, handler;dur=${handler}, batch;desc="${batch}"`;
  return { ...answer, headers: [...(answer.headers ?? []), ['Server-Timing', value]] };
}

function replaced(rawHeaders: readonly string[], added: readonly (readonly [name: string, value: string])[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (!added.some(([own]) => own === name.toLowerCase())) kept.push(name, rawHeaders[index + 1] ?? '');
  }
  return [...kept, ...added.flat()];
}

function answerOfPrediction({ status, phrase, contentType, headers, body }: Prediction): Answer {
  return { status, reason: phrase.replaceAll(/[^\t\x20-\x7e]/g, ' '), contentType, headers, body };
}
