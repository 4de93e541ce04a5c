import { MarError, type MarErrorOptions } from '#errors/mar-error.js';
import type { WorkerResponse } from '#protocol/messages.js';
import { quoteOutput, readFailure } from './failure-message.js';
import type { WorkerExit } from './worker.js';

/** How a worker was lost; `ERR_WORKER_UNSTARTED` is for a batch that waited behind the one that it was lost with. */
export type WorkerDeathCode = 'ERR_WORKER_DIED' | 'ERR_WORKER_TIMEOUT' | 'ERR_WORKER_PROTOCOL' | 'ERR_WORKER_UNSTARTED';

/** A worker that did not come into being or was lost. */
export class WorkerFailure extends MarError {
  /** The part of its detail that no line of its output has told yet. */
  readonly untold: string;
  /** Somebody else ended it: the system for want of memory, or a person. */
  readonly killed: boolean;

  constructor(message: string, options: MarErrorOptions, untold: readonly string[], killed = false) {
    super(message, options);
    this.untold = untold.join('\n');
    this.killed = killed;
  }
}

/** A worker that is gone: the sentence says how it ended, the detail holds the last lines of its stderr. */
export function workerDied(
  modelName: string,
  { reason, signal, hint, stderr, untold }: WorkerExit,
  code: WorkerDeathCode = 'ERR_WORKER_DIED',
): WorkerFailure {
  const killed = code === 'ERR_WORKER_DIED' && signal === 'SIGKILL';
  const options = { code, ...optional({ hint }), ...detailOf(quoteOutput(stderr)) } as const;
  return new WorkerFailure(`The worker of model ${modelName} ${reason}.`, options, quoteOutput(untold), killed);
}

/** A handler that did not load: its own error, the stack and the last lines of its stderr, and what to do. */
export function loadFailure(modelName: string, response: WorkerResponse, exit: WorkerExit): WorkerFailure {
  const { sentence, detail, hint } = readFailure(response.message);
  const stack = detail === undefined ? [] : [detail];
  const memory = response.code === 507;
  const options = {
    code: memory ? 'ERR_WORKER_OUT_OF_MEMORY' : 'ERR_WORKER_LOAD',
    ...optional({ hint }),
    ...detailOf([...stack, ...quoteOutput(exit.stderr)]),
  } as const;
  const message = `The handler of model ${modelName} failed to load: ${sentence}`;
  return new WorkerFailure(message, options, [...stack, ...quoteOutput(exit.untold)]);
}

function detailOf(lines: readonly string[]): { detail?: string } {
  return lines.length > 0 ? { detail: lines.join('\n') } : {};
}

function optional({ hint }: { readonly hint: string | undefined }): { hint?: string } {
  return hint === undefined ? {} : { hint };
}
