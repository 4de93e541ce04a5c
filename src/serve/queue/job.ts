import type { ErrorCode } from '#errors/codes.js';
import type { Prediction, SentJob, SentParameter } from '#protocol/messages.js';

/** Why a job has no prediction: the status for the client, one sentence, and what else is known. */
export interface JobFailure {
  readonly status: number;
  /** What went wrong on our side; absent where the handler or its worker speaks. */
  readonly code?: ErrorCode;
  /** The model, where the code says something about it. */
  readonly subject?: string;
  readonly message: string;
  /** The handler's error, its position, the last lines of stderr. */
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
}

/** How a worker took a job, in milliseconds of `performance.now()`. */
export interface JobRun {
  /** When its batch was the first that the worker had. */
  readonly began: number;
  readonly ended: number;
  /** Jobs of the batch. */
  readonly batch: number;
}

/** What became of a job. */
export type JobOutcome =
  | { readonly prediction: Prediction; readonly failure?: never }
  | { readonly failure: JobFailure; readonly prediction?: never };

/** One request on its way to a worker. It is settled exactly once; later outcomes are dropped. */
export class Job implements SentJob {
  readonly id: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly parameters: readonly SentParameter[];
  /** When it was accepted, in milliseconds of `performance.now()`: the batch delay counts from here. */
  readonly acceptedAt = performance.now();
  /** Known when it is settled by the answer of a worker. */
  run: JobRun | undefined;
  #settle: ((outcome: JobOutcome) => void) | undefined;

  constructor(request: SentJob, settle: (outcome: JobOutcome) => void) {
    this.id = request.id;
    this.headers = request.headers;
    this.parameters = request.parameters;
    this.#settle = settle;
  }

  /** True once it is answered, or nobody waits for the answer any more. */
  get settled(): boolean {
    return this.#settle === undefined;
  }

  answer(prediction: Prediction): void {
    this.#finish({ prediction });
  }

  fail(failure: JobFailure): void {
    this.#finish({ failure });
  }

  /** The client is gone: a queue drops the job, a worker's answer is thrown away. */
  abandon(): void {
    this.#settle = undefined;
  }

  #finish(outcome: JobOutcome): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(outcome);
  }
}
