import { setTimeout as sleep } from 'node:timers/promises';
import { MarError, messageOf } from '#errors.js';
import { Backoff } from './backoff.js';
import type { Place } from './batcher.js';
import type { JobFailure } from './job.js';
import type { Log, LogEvent } from './log.js';
import type { OnFailure } from './settle-batch.js';
import type { Worker, WorkerExit } from './worker.js';
import { WorkerFailure } from './worker-failure.js';

export interface SlotOptions {
  readonly id: string;
  readonly modelName: string;
  /** The GPU that its workers are told to use; -1 = none. */
  readonly gpuId: number;
  /** Starts one worker process and loads the model in it. */
  readonly start: (signal: AbortSignal, id: string) => Promise<Worker>;
  /** A worker is loaded and takes its place. */
  readonly join: (worker: Worker, onFailure: OnFailure) => Place;
  /** A load failed; asked for each attempt. */
  readonly onFailure: (error: MarError) => void;
  readonly log: Log;
}

/** What a worker without work has to exit by itself, in milliseconds. */
const EXIT_MS = 1000;

/**
 * `starting`: its first load is under way; `restarting`: its worker died and the next one is on its way;
 * `failed`: the latest load failed and another attempt follows.
 */
export type SlotState = 'starting' | 'ready' | 'restarting' | 'failed' | 'stopped';

/**
 * One place of a model's pool. It always tries to have one live worker: a worker that dies or cannot load is replaced
 * after the peers' back-off, until the slot is stopped.
 */
export class WorkerSlot {
  readonly startTime = new Date();
  /** Settles with the first load: resolved when it worked or the slot was stopped, rejected with its error. */
  readonly firstLoad: Promise<void>;
  readonly #options: SlotOptions;
  readonly #abort = new AbortController();
  readonly #finished: Promise<void>;
  #state: SlotState = 'starting';
  #worker: Worker | undefined;
  #place: Place | undefined;
  #attempt = 0;

  constructor(options: SlotOptions) {
    this.#options = options;
    let resolve: () => void = () => {};
    let reject: (error: MarError) => void = () => {};
    this.firstLoad = new Promise((onLoaded, onFailed) => {
      resolve = onLoaded;
      reject = onFailed;
    });
    this.firstLoad.catch(() => {});
    this.#finished = this.#run(resolve, reject);
  }

  /** `<slot>-<attempt>`: another id for each worker process, as in the peers. */
  get id(): string {
    return `${this.#options.id}-${this.#attempt.toString(16).padStart(8, '0')}`;
  }

  get gpuId(): number {
    return this.#options.gpuId;
  }

  get state(): SlotState {
    return this.#state;
  }

  get worker(): Worker | undefined {
    return this.#worker;
  }

  /** No new batches; those under way may take `graceMs`. Resolves when the process is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#state = 'stopped';
    this.#place?.leave();
    await this.#place?.idle(graceMs);
    if (this.#worker?.alive) await this.#worker.stop({ graceMs: EXIT_MS });
    this.#abort.abort();
    await this.#finished;
  }

  async #run(loaded: () => void, failed: (error: MarError) => void): Promise<void> {
    const backoff = new Backoff();
    const { signal } = this.#abort;
    while (!signal.aborted && !this.stopped) {
      this.#attempt += 1;
      try {
        await this.#live(() => {
          backoff.reset();
          loaded();
        });
      } catch (error) {
        if (signal.aborted) break;
        const failure = error instanceof MarError ? error : new MarError(messageOf(error), { code: 'ERR_WORKER_LOAD' });
        if (!this.stopped) this.#state = 'failed';
        this.#reportLoad(failure);
        this.#options.onFailure(failure);
        failed(failure);
      }
      await sleep(signal.aborted ? 0 : backoff.next(), undefined, { signal }).catch(() => {});
    }
    this.#state = 'stopped';
    loaded();
  }

  /** One worker, from its start to its end. */
  async #live(onLoaded: () => void): Promise<void> {
    const begun = performance.now();
    const worker = await this.#options.start(this.#abort.signal, this.id);
    this.#worker = worker;
    if (this.stopped) {
      await worker.stop();
      return;
    }
    this.#state = 'ready';
    this.#place = this.#options.join(worker, (jobs, failure) => {
      if (failure.status >= 500) this.#reportBatch(jobs, failure);
    });
    onLoaded();
    const seconds = ((performance.now() - begun) / 1000).toFixed(2);
    this.#log('info', 'worker-ready', `is ready after ${seconds} s`);
    const exit = await worker.exited;
    this.#place.leave();
    if (exit.expected || this.stopped) return;
    this.#state = 'restarting';
    this.#reportDeath(exit);
  }

  private get stopped(): boolean {
    return this.#state === 'stopped';
  }

  #reportBatch(jobs: readonly { readonly id: string }[], { status, message, detail, hint }: JobFailure): void {
    const requests = jobs.map(({ id }) => id);
    this.#log('error', 'prediction-failed', `answered ${status}: ${message}`, { requests, status, detail, hint });
  }

  #reportDeath({ reason, hint, untold, requests }: WorkerExit): void {
    const detail = untold.join('\n') || undefined;
    const lost = requests.length > 0 ? { requests, status: 500 } : {};
    this.#log('error', 'worker-died', `${reason}; another one is started`, { ...lost, detail, hint });
  }

  #reportLoad(error: MarError): void {
    const detail = error instanceof WorkerFailure ? error.untold || undefined : error.detail;
    this.#log('error', 'worker-failed', `cannot load: ${error.message}`, { detail, hint: error.hint });
  }

  #log(level: LogEvent['level'], event: string, what: string, more: Partial<LogEvent> = {}): void {
    const { modelName: model, log } = this.#options;
    log({ level, event, message: `Worker ${this.id} of model ${model} ${what}`, model, worker: this.id, ...more });
  }
}
