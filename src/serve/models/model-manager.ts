import type { ErrorCode } from '#errors/codes.js';
import { MarError, messageOf } from '#errors/mar-error.js';
import type { Worker, WorkerIdentity } from '#hosting/worker.js';
import { findManifestIn } from '#manifest/read-manifest.js';
import type { SentJob } from '#protocol/messages.js';
import type { ServerSettings } from '../config/settings.js';
import type { Log, LogEvent } from '../log.js';
import type { BatchWatch } from '../queue/consumers.js';
import { Job, type JobOutcome } from '../queue/job.js';
import { unservable, WorkerPool } from '../workers/worker-pool.js';
import type { Model, ModelFacts } from './model.js';
import type { ModelStore } from './model-store.js';
import { factsOf, type Registration } from './registration.js';

export interface ManagerOptions {
  readonly settings: ServerSettings;
  readonly store: Pick<ModelStore, 'open'>;
  /** Starts a worker process for a model. */
  readonly startWorker: (model: ModelFacts, identity: WorkerIdentity, signal: AbortSignal) => Promise<Worker>;
  /** Hears of every batch of every model. */
  readonly watch?: BatchWatch | undefined;
  readonly log: Log;
}

/** How a change of workers ended: all are there, or the number was changed again meanwhile. */
export type ScaleResult = 'scaled' | 'in-progress';

/** The longest that Node's timers can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What another attempt would not change. */
const OUT_OF_MEMORY: ReadonlySet<ErrorCode> = new Set(['ERR_WORKER_OUT_OF_MEMORY', 'ERR_ACCELERATOR_MEMORY']);

/** The registered models of one server. */
export class ModelManager {
  readonly #options: ManagerOptions;
  readonly #models = new Map<string, Model>();
  #slotCount = 0;
  readonly #leaving = new Map<Model, Promise<void>>();
  #closed = false;

  constructor(options: ManagerOptions) {
    this.#options = options;
  }

  /** Sorted by name. */
  list(): Model[] {
    return [...this.#models.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** True while the registration of exactly this model holds; its name may belong to another one by now. */
  holds(model: Model): boolean {
    return this.#models.get(model.name) === model;
  }

  /** Throws `ERR_MODEL_NOT_FOUND`, and `ERR_CLOSING` once the server ends. */
  get(name: string): Model {
    const model = this.#models.get(name);
    if (this.#closed) throw closing();
    if (model) return model;
    throw new MarError(`Model not found: ${name}`, { code: 'ERR_MODEL_NOT_FOUND' });
  }

  /** The only model of the start, which `/invocations` takes where no name is given. */
  startupModel(): Model | undefined {
    const loaded = [...this.#models.values()].filter(({ loadedAtStartup }) => loadedAtStartup);
    return loaded.length === 1 ? loaded[0] : undefined;
  }

  /** Fetches, unpacks and registers a model without workers. A registration that takes long blocks nobody else. */
  async register(request: Registration): Promise<Model> {
    const { settings, store, log } = this.#options;
    const { url, local = false, onProgress } = request;
    const files = await store.open(url, { local, onProgress }).catch((error: unknown) => {
      // The end of the server ends what is being fetched.
      throw this.#closed ? closing() : error;
    });
    try {
      const facts = factsOf(request, await findManifestIn(files.dir), files.dir, settings);
      if (this.#closed) throw closing();
      if (this.#models.has(facts.name)) {
        throw new MarError(`Model ${facts.name} is already registered.`, {
          code: 'ERR_MODEL_REGISTERED',
        });
      }
      const model: Model = { ...facts, files, pool: this.#newPool(facts), minWorkers: 0, maxWorkers: 0 };
      this.#models.set(facts.name, model);
      log(registered(facts.name));
      return model;
    } catch (error) {
      await files.release();
      throw error;
    }
  }

  #newPool(facts: ModelFacts): WorkerPool {
    const { settings, startWorker, watch, log } = this.#options;
    return new WorkerPool({
      watch,
      modelName: facts.name,
      batchSize: facts.batchSize,
      maxBatchDelayMs: Math.min(facts.maxBatchDelayMs, MAX_TIMER_MS),
      queueCapacity: settings.jobQueueSize,
      responseTimeoutMs: Math.min(facts.responseTimeoutSeconds * 1000, MAX_TIMER_MS),
      drainMs: settings.unregisterTimeoutSeconds * 1000,
      start: (signal, identity) => startWorker(facts, identity, signal),
      nextSlotId: () => {
        this.#slotCount += 1;
        return String(8999 + this.#slotCount);
      },
      nextGpu: () => (settings.numberOfGpu > 0 ? this.#slotCount % settings.numberOfGpu : -1),
      log,
    });
  }

  /**
   * Changes the number of workers. Throws `ERR_WORKER_START`, or `ERR_WORKER_START_MEMORY` after which the model stays
   * without the workers that had no memory; other failed workers go on trying.
   */
  async scale(model: Model, min: number, max: number): Promise<ScaleResult> {
    model.minWorkers = min;
    model.maxWorkers = max;
    try {
      await model.pool.resize(min, max);
    } catch (error) {
      if (!(error instanceof MarError) || !OUT_OF_MEMORY.has(error.code)) throw startError(error, 'ERR_WORKER_START');
      await model.pool.dropFailed();
      model.minWorkers = model.pool.slots.length;
      model.maxWorkers = model.pool.slots.length;
      throw startError(error, 'ERR_WORKER_START_MEMORY');
    }
    return model.pool.working >= model.minWorkers ? 'scaled' : 'in-progress';
  }

  /**
   * New requests get "not found" at once; accepted ones may take `drainMs` (default: the setting) to finish.
   * Throws `ERR_MODEL_NOT_FOUND`.
   */
  async unregister(name: string, drainMs?: number): Promise<void> {
    await this.#remove(this.get(name), drainMs);
  }

  async #remove(model: Model, drainMs?: number): Promise<void> {
    const { name } = model;
    this.#models.delete(name);
    model.minWorkers = 0;
    model.maxWorkers = 0;
    const gone = model.pool.close(drainMs).then(() => model.files.release());
    this.#leaving.set(model, gone);
    await gone.finally(() => this.#leaving.delete(model));
    this.#options.log({
      level: 'info',
      event: 'model-unregistered',
      message: `Model ${name} is unregistered`,
      model: name,
    });
  }

  /** Hands a request to the model's workers. Throws `ERR_MODEL_NOT_FOUND` and `ERR_NO_WORKER`. */
  submit(name: string, request: SentJob, settle: (outcome: JobOutcome) => void): Job {
    const model = this.get(name);
    const job = new Job(request, settle);
    const refusal = model.pool.submit(job);
    if (refusal === undefined) return job;
    const { message, detail, hint } = unservable(name, refusal === 'no-worker' ? model.pool.lastFailure : undefined);
    throw new MarError(message, {
      code: 'ERR_NO_WORKER',
      subject: name,
      ...(detail === undefined ? {} : { detail }),
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** Overall health as Multi Model Server reports it. */
  health(): 'Healthy' | 'Partial Healthy' | 'Unhealthy' {
    let wanted = 0;
    let working = 0;
    for (const model of this.#models.values()) {
      wanted += model.minWorkers;
      working += model.pool.working;
    }
    if (working > 0 && working < wanted) return 'Partial Healthy';
    return working === 0 && wanted > 0 ? 'Unhealthy' : 'Healthy';
  }

  /** Unregisters everything and registers nothing more; requests under way may take `drainMs`. */
  async close(drainMs: number): Promise<void> {
    this.#closed = true;
    const earlier = [...this.#leaving];
    const hurry = setTimeout(() => {
      for (const [model] of earlier) model.pool.hurry();
    }, drainMs);
    await Promise.all([
      ...[...this.#models.values()].map((model) => this.#remove(model, drainMs)),
      ...earlier.map(([, gone]) => gone),
    ]);
    clearTimeout(hurry);
  }
}

function closing(): MarError {
  return new MarError('The server is shutting down.', { code: 'ERR_CLOSING' });
}

/** Any name is taken, as by Multi Model Server; clients have to know how to write some of them. */
function registered(model: string): LogEvent {
  const event = 'model-registered';
  const encoded = encodeURIComponent(model);
  if (encoded === model) return { level: 'info', event, message: `Model ${model} is registered`, model };
  const hint = `Its name has to be encoded in addresses: /predictions/${encoded}.`;
  return { level: 'warn', event, message: `Model "${model}" is registered`, model, hint };
}

function startError(error: unknown, code: 'ERR_WORKER_START' | 'ERR_WORKER_START_MEMORY'): MarError {
  const cause = error instanceof MarError ? error : undefined;
  return new MarError(messageOf(error), {
    code,
    ...(cause?.detail === undefined ? {} : { detail: cause.detail }),
    ...(cause && { hint: cause.advice }),
    cause,
  });
}
