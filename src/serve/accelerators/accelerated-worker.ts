import { hostname } from 'node:os';
import { MarError } from '#errors/mar-error.js';
import type { Worker, WorkerExit } from '#hosting/worker.js';
import type { RunningSessions } from '#protocol/load-report.js';
import type { SentJob, WorkerResponse } from '#protocol/messages.js';
import type { Log } from '../log.js';
import type { Accelerator, Fault, Tenant, Turn } from './accelerator.js';
import { rounded } from './call-times.js';

/** The header of every answer that was computed in the turn of an accelerator, or should have been. */
export const ACCELERATOR_HEADER = 'x-emulated-accelerator';

/** A worker on an accelerator, what it does without it, and who hears of that. */
export interface AcceleratedOptions {
  readonly accelerator: Accelerator;
  readonly tenant: Tenant;
  readonly fallback: 'cpu' | 'fail';
  readonly log: Log;
}

/**
 * A worker that is handed a batch only in a turn of its accelerator. One at a time: a batch that it were given in advance, to prepare it,
 * would run without a turn. Every answer says that an accelerator was emulated, and on what the work ran.
 */
export class AcceleratedWorker implements Worker {
  readonly depth = 1;
  readonly #worker: Worker;
  readonly #options: AcceleratedOptions;

  constructor(worker: Worker, options: AcceleratedOptions) {
    this.#worker = worker;
    this.#options = options;
  }

  get pid(): number {
    return this.#worker.pid;
  }

  get sessions(): RunningSessions | undefined {
    return this.#worker.sessions;
  }

  get alive(): boolean {
    return this.#worker.alive;
  }

  get exited(): Promise<WorkerExit> {
    return this.#worker.exited;
  }

  get runsOn(): string {
    const { accelerator, tenant } = this.#options;
    return `on the emulated accelerator ${accelerator.facts.id}, which is ${placeOf(tenant.ranOn)}`;
  }

  stop(options?: { readonly graceMs?: number }): Promise<void> {
    return this.#worker.stop(options);
  }

  memory(): Promise<number> {
    return this.#worker.memory();
  }

  async predict(jobs: readonly SentJob[], options?: { readonly timeoutMs?: number }): Promise<WorkerResponse> {
    const { accelerator } = this.#options;
    const turn = await accelerator.call(() => this.#run(jobs, options));
    const had = 'value' in turn ? turn : undefined;
    if (had) this.#measure(jobs, had);
    const { fault } = turn;
    if (had && fault === undefined) return this.#told(had.value, had.queuedMs);
    if (fault === undefined) throw new TypeError('a turn of an accelerator ended without a value and without a fault');
    const error = faultError(this.#options, fault);
    if (this.#options.fallback === 'fail')
      return { code: 503, message: `${error.message}\nhint: ${error.advice}`, predictions: [] };
    // What a fault has met halfway is computed by this machine to its end.
    const response = had?.value ?? (await this.#run(jobs, options));
    accelerator.countFallback();
    this.#logFallback(jobs, error);
    return this.#told(response, had?.queuedMs, fault);
  }

  #run(jobs: readonly SentJob[], options?: { readonly timeoutMs?: number }): Promise<WorkerResponse> {
    if (this.#worker.alive) return this.#worker.predict(jobs, options);
    // It has waited, and was not begun: another worker may have it.
    throw new MarError('The worker ended before its turn of the accelerator came.', { code: 'ERR_WORKER_UNSTARTED' });
  }

  #told(response: WorkerResponse, queuedMs: number | undefined, fault?: Fault): WorkerResponse {
    const { id, type, ordinal } = this.#options.accelerator.facts;
    const queued = queuedMs === undefined ? '' : `; queue-ms=${rounded(queuedMs)}`;
    const without = fault === undefined ? '' : `; fault=${fault}; fallback=cpu`;
    const value = `${id}; type=${type}; ordinal=${ordinal}; ran-on=${this.#options.tenant.ranOn}${queued}${without}`;
    const predictions = response.predictions.map((prediction) => {
      const others = prediction.headers.filter(([name]) => name.toLowerCase() !== ACCELERATOR_HEADER);
      return { ...prediction, headers: [...others, [ACCELERATOR_HEADER, value] as const] };
    });
    return { ...response, predictions, ...(queuedMs !== undefined && { waitedMs: queuedMs }) };
  }

  /** One line a batch in Multi Model Server's form for metrics. */
  #measure(jobs: readonly SentJob[], { queuedMs, ranMs }: Turn<unknown>): void {
    const { accelerator, tenant, log } = this.#options;
    const { id, ordinal } = accelerator.facts;
    const dimensions = `ModelName:${tenant.model},Level:Model,EmulatedAccelerator:${id},RanOn:${tenant.ranOn}`;
    const tail = `#hostname:${hostname()},${Math.floor(Date.now() / 1000)},${jobs.map((job) => job.id).join(',')}`;
    const emulated = { id, ordinal, ranOn: tenant.ranOn, queuedMs: rounded(queuedMs), ranMs: rounded(ranMs) };
    const message = `[METRICS]AcceleratorQueueTime.Milliseconds:${emulated.queuedMs}|#${dimensions}|${tail}`;
    log({ level: 'info', event: 'accelerator-call', message, model: tenant.model, worker: tenant.worker, emulated });
  }

  #logFallback(jobs: readonly SentJob[], error: MarError): void {
    const { model, worker, ranOn } = this.#options.tenant;
    const message = `${error.message} The archive allows the cpu: answered by ${placeOf(ranOn)} without it`;
    const requests = jobs.map(({ id }) => id);
    this.#options.log({ level: 'warn', event: 'accelerator-fallback', message, model, worker, requests });
  }
}

/** On what the work runs, in words. */
function placeOf(ranOn: string): string {
  if (ranOn === 'host') return 'this machine';
  return `${ranOn === 'cpu' ? 'the cpu' : ranOn} of this machine`;
}

/** Why a model has no use of its accelerator at the moment. */
export function faultError({ accelerator }: Pick<AcceleratedOptions, 'accelerator'>, fault: Fault): MarError {
  const { ordinal, type, id } = accelerator.facts;
  return new MarError(`The emulated accelerator ${ordinal} (${type}, ${id}) is ${fault}.`, {
    code: 'ERR_ACCELERATOR_FAULT',
    hint: `The fault was injected: PUT /accelerators/${ordinal}?health=healthy&connected=true at the management API ends it.`,
  });
}
