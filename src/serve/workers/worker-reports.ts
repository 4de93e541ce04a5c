import type { MarError } from '#errors/mar-error.js';
import type { WorkerExit } from '#hosting/worker.js';
import { WorkerFailure } from '#hosting/worker-failure.js';
import type { Log, LogEvent } from '../log.js';
import type { JobFailure } from '../queue/job.js';

/** What the log hears of the workers of one slot: each failure once, as an error that names model, worker and requests. */
export class WorkerReports {
  readonly #log: Log;
  readonly #model: string;
  readonly #worker: () => string;

  /** `worker` is the id of the present one. */
  constructor(log: Log, model: string, worker: () => string) {
    this.#log = log;
    this.#model = model;
    this.#worker = worker;
  }

  /** `runsOn` is the worker's. */
  ready(milliseconds: number, runsOn?: string): void {
    const where = runsOn === undefined ? '' : ` ${runsOn}`;
    this.#write('info', 'worker-ready', `is ready after ${(milliseconds / 1000).toFixed(2)} s${where}`);
  }

  loadFailed(error: MarError): void {
    const detail = error instanceof WorkerFailure ? error.untold || undefined : error.detail;
    this.#write('error', 'worker-failed', `cannot load: ${error.message}`, { detail, hint: error.advice });
  }

  /** What clients are answered with below 500 is their mistake, or the handler's own decision. */
  batchFailed(jobs: readonly { readonly id: string }[], { status, message, detail, hint }: JobFailure): void {
    if (status < 500) return;
    const requests = jobs.map(({ id }) => id);
    this.#write('error', 'prediction-failed', `answered ${status}: ${message}`, { requests, status, detail, hint });
  }

  died({ reason, hint, untold, requests }: WorkerExit): void {
    const lost = requests.length > 0 ? { requests, status: 500 } : {};
    const detail = untold.join('\n') || undefined;
    this.#write('error', 'worker-died', `${reason}; another one is started`, { ...lost, detail, hint });
  }

  #write(level: LogEvent['level'], event: string, what: string, more: Partial<LogEvent> = {}): void {
    const [model, worker] = [this.#model, this.#worker()];
    this.#log({ level, event, message: `Worker ${worker} of model ${model} ${what}`, model, worker, ...more });
  }
}
