import { setTimeout as sleep } from 'node:timers/promises';
import { MarError, messageOf } from '#errors/mar-error.js';
import type { Worker } from '#hosting/worker.js';
import { WorkerFailure } from '#hosting/worker-failure.js';
import type { Log } from '../log.js';
import type { Membership } from '../queue/batcher.js';
import type { OnFailure } from '../queue/settle-batch.js';
import { Backoff } from './backoff.js';
import { WorkerReports } from './worker-reports.js';

export interface SlotOptions {
  readonly id: string;
  readonly modelName: string;
  /** The GPU that its workers are told to use; -1 = none. */
  readonly gpuId: number;
  /** Starts one worker process and loads the model in it. */
  readonly start: (signal: AbortSignal, id: string) => Promise<Worker>;
  /** A worker is loaded and takes jobs from now on. */
  readonly join: (worker: Worker, onFailure: OnFailure) => Membership;
  /** A load failed; asked for each attempt. */
  readonly onFailure: (error: MarError) => void;
  readonly log: Log;
}

/** What a worker without work has to exit by itself, in milliseconds. */
const EXIT_MS = 1000;

/** How long a worker has to live that has answered nothing, in milliseconds: dead sooner, it failed as one that does not load. */
const LONG_MS = 60_000;

/**
 * `starting`: its first load is under way; `restarting`: its worker died and the next one is on its way;
 * `failed`: the latest load failed and another attempt follows.
 */
export type SlotState = 'starting' | 'ready' | 'restarting' | 'failed' | 'stopped';

/**
 * One slot of a model's pool. It always tries to have one live worker: a worker that dies or cannot load is replaced
 * after Multi Model Server's back-off, until the slot is stopped. The pauses grow until a worker has answered a batch or lived a minute.
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
  #membership: Membership | undefined;
  #attempt = 0;
  readonly #reports: WorkerReports;

  constructor(options: SlotOptions) {
    this.#options = options;
    this.#reports = new WorkerReports(options.log, options.modelName, () => this.id);
    let resolve: () => void = () => {};
    let reject: (error: MarError) => void = () => {};
    this.firstLoad = new Promise((onLoaded, onFailed) => {
      resolve = onLoaded;
      reject = onFailed;
    });
    this.firstLoad.catch(() => {});
    this.#finished = this.#run(resolve, reject);
  }

  /** `<slot>-<attempt>`: another id for each worker process, as in Multi Model Server. */
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
    this.#membership?.leave();
    await this.#membership?.idle(graceMs);
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
        if (await this.#live(loaded)) backoff.reset();
      } catch (error) {
        if (signal.aborted) break;
        const failure = error instanceof MarError ? error : new MarError(messageOf(error), { code: 'ERR_WORKER_LOAD' });
        this.#reports.loadFailed(failure);
        if (this.#attempt === 1 && failure instanceof WorkerFailure && failure.killed) {
          // Not the handler's doing: whoever waits goes on waiting, for the next attempt.
          this.#state = this.stopped ? 'stopped' : 'restarting';
        } else {
          if (!this.stopped) this.#state = 'failed';
          this.#options.onFailure(failure);
          failed(failure);
        }
      }
      await sleep(signal.aborted ? 0 : backoff.next(), undefined, { signal }).catch(() => {});
    }
    this.#state = 'stopped';
    loaded();
  }

  /** One worker, from its start to its end; whether it was good for something. */
  async #live(onLoaded: () => void): Promise<boolean> {
    const begun = performance.now();
    const worker = await this.#options.start(this.#abort.signal, this.id);
    this.#worker = worker;
    if (this.stopped) {
      await worker.stop();
      return true;
    }
    this.#state = 'ready';
    this.#membership = this.#options.join(worker, (jobs, failure) => this.#reports.batchFailed(jobs, failure));
    onLoaded();
    const loadedAt = performance.now();
    this.#reports.ready(loadedAt - begun, worker.runsOn);
    const exit = await worker.exited;
    this.#membership.leave();
    const good = this.#membership.served() || performance.now() - loadedAt >= LONG_MS;
    if (exit.expected || this.stopped) return good;
    this.#state = 'restarting';
    this.#reports.died(exit);
    return good;
  }

  private get stopped(): boolean {
    return this.#state === 'stopped';
  }
}
