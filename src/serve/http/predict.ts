import { MarError } from '#errors.js';
import type { Prediction } from '#protocol/messages.js';
import type { JobOutcome } from '../job.js';
import type { Answer } from './answer.js';
import { answerOfError, answerOfFailure } from './error-answer.js';
import type { HttpRequest, RouteContext } from './exchange.js';
import { handlerHeaders } from './handler-headers.js';
import { readInputs } from './inputs.js';

/** Runs one prediction: the request becomes a job, the worker's prediction the answer. */
export function predict(
  { manager, settings }: RouteContext,
  request: HttpRequest,
  modelName: string,
  withQuery: boolean,
): Promise<Answer> {
  const { id, rawHeaders, body } = request;
  const parameters = readInputs(request, withQuery);
  return new Promise((resolve) => {
    const settle = (outcome: JobOutcome): void => {
      if (outcome.prediction) resolve(answerOfPrediction(outcome.prediction));
      else resolve(answerOfFailure(outcome.failure, settings.errorDetail));
    };
    const headers = handlerHeaders(rawHeaders, body.length);
    const job = manager.submit(modelName, { id, headers, parameters }, settle);
    request.onDisconnect(() => job.abandon());
  });
}

/** A handler's own status that HTTP does not have, or a header that would break the answer apart, is refused with 500. */
function answerOfPrediction(prediction: Prediction): Answer {
  const { status, phrase, contentType, headers, body } = prediction;
  if (status < 200 || status > 999) {
    return refused(`The handler set status ${status}; a status is between 200 and 999.`);
  }
  const broken = headers.find(([name, value]) => /[\r\n\0]/.test(value) || /[\r\n\0]/.test(name));
  if (broken) return refused(`The handler set header ${JSON.stringify(broken[0])} to a value with a line break.`);
  return { status, reason: phrase.replaceAll(/[^\t\x20-\x7e]/g, ' '), contentType, headers, body };
}

function refused(message: string): Answer {
  return answerOfError(new MarError(message, { code: 'ERR_ANSWER' }), false);
}
