import { MarError } from '#errors.js';
import type { WorkerResponse } from '#protocol/messages.js';
import type { WorkerExit } from './worker.js';

const HINT = 'hint: ';

/** How a worker was lost; `ERR_WORKER_UNSTARTED` is for a batch that waited behind the one that it was lost with. */
export type WorkerDeathCode = 'ERR_WORKER_DIED' | 'ERR_WORKER_TIMEOUT' | 'ERR_WORKER_PROTOCOL' | 'ERR_WORKER_UNSTARTED';

/** A worker that is gone: the sentence says how it ended, the detail holds the last lines of its stderr. */
export function workerDied(modelName: string, exit: WorkerExit, code: WorkerDeathCode = 'ERR_WORKER_DIED'): MarError {
  return new MarError(`The worker of model ${modelName} ${exit.reason}.`, {
    code,
    kind: code === 'ERR_WORKER_TIMEOUT' ? 'limit' : 'unavailable',
    ...(exit.stderr.length > 0 && { detail: exit.stderr.join('\n') }),
  });
}

/**
 * A handler that did not load. The first line of the worker's message is the handler's own error; a line `hint: …` says what
 * to do; the rest is the stack.
 */
export function loadFailure(modelName: string, response: WorkerResponse, exit: WorkerExit): MarError {
  const [summary = '', ...rest] = response.message.split('\n');
  const memory = response.code === 507;
  const hint = rest.find((line) => line.startsWith(HINT))?.slice(HINT.length);
  const stack = rest.filter((line) => line.trim() && !line.startsWith(HINT));
  const stderr = exit.stderr.filter((line) => !response.message.includes(line.trim()));
  const detail = [...stack, ...stderr].join('\n');
  return new MarError(`The handler of model ${modelName} failed to load: ${summary}`, {
    code: memory ? 'ERR_WORKER_OUT_OF_MEMORY' : 'ERR_WORKER_LOAD',
    kind: memory ? 'limit' : 'input',
    ...(hint !== undefined && { hint }),
    ...(detail && { detail }),
  });
}
