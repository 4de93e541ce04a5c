import { makeRunDirectory } from '#hosting/run-directory.js';
import { Accelerators, type ModelMemory } from './accelerators/accelerators.js';
import type { AcceleratorDescription } from './accelerators/description.js';
import { BusyPoll } from './busy-poll.js';
import { resolveServeOptions, type ServeOptions } from './config/serve-options.js';
import { mms } from './http/mms/mms.js';
import { refuseUnaskedAddresses } from './http/server/asked-address.js';
import { type Listeners, openListeners } from './http/server/listeners.js';
import type { Log, LogEvent } from './log.js';
import { ModelManager } from './models/model-manager.js';
import { ModelStore } from './models/model-store.js';
import { Readiness } from './models/readiness.js';
import { loadStartupModels } from './models/startup.js';
import { refuseOpenSandbox } from './workers/sandbox.js';
import { workerStarter } from './workers/start-worker.js';

/** A running server. */
export interface Server {
  readonly inferenceUrl: string;
  readonly managementUrl: string;
  /** The emulated accelerators as `describe-accelerators` shows them; empty where none is declared. */
  readonly accelerators: readonly AcceleratorDescription[];
  /** Resolves when every model of the start has a loaded worker; rejects with the first that has none, once the server is closed. */
  readonly ready: Promise<void>;
  /**
   * Is not ready from now on and answers new requests with 503; finishes accepted ones as far as `shutdown_timeout` allows. Afterwards no
   * process, socket or directory is left.
   */
  close(): Promise<void>;
}

const NO_MODEL: LogEvent = {
  level: 'info',
  event: 'no-model',
  message: 'No model is loaded yet',
  hint: 'Name archives on the command line, or register one: POST /models?url=SOURCE&initial_workers=1 at the management API.',
};

/** What a client has at shutdown to read its answer, in milliseconds. */
const READ_ANSWER_MS = 1000;

/**
 * Starts the local server. Models named on the command line or in `load_models` must register, or the start fails; with `ALL`
 * a broken archive is a warning. The ports are taken first and answer, except for `/ready`, once all are registered; the workers go
 * on starting in parallel. `modelMemory` is what a model takes of an emulated accelerator; without it, the size of its files.
 */
export async function serve(options: ServeOptions = {}, modelMemory?: ModelMemory): Promise<Server> {
  const { settings, config } = await resolveServeOptions(options);
  const log: Log = options.onLog ?? (() => {});
  for (const message of config.warnings) log({ level: 'warn', event: 'config', message });
  if (options.container) refuseUnaskedAddresses(config);
  if (settings.sandbox) await refuseOpenSandbox();
  const runDirectory = await makeRunDirectory(settings.tempDir);
  const ending = new AbortController();
  const store = new ModelStore(settings, runDirectory.path, ending.signal);
  const accelerators = settings.accelerators && new Accelerators(settings.accelerators, log, modelMemory);
  const startWorker = workerStarter(settings, log, ending.signal, runDirectory, accelerators);
  const watch = settings.busyPoll ? new BusyPoll() : undefined;
  const manager = new ModelManager({ settings, store, log, startWorker, watch });
  const readiness = new Readiness(manager);
  let listeners: Listeners | undefined;
  const close = async (): Promise<void> => {
    ending.abort();
    readiness.end();
    // The ports stay open meanwhile: whoever asks is told that the server ends.
    await manager.close(settings.shutdownTimeoutSeconds * 1000);
    const closed = listeners?.close();
    const slowReaders = setTimeout(() => listeners?.drop(), READ_ANSWER_MS);
    await closed;
    clearTimeout(slowReaders);
    await runDirectory.remove();
  };
  const onAbort = (): void => {
    ending.abort();
  };
  options.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    options.signal?.throwIfAborted();
    const open = await openListeners({ manager, readiness, settings, log, accelerators }, mms);
    listeners = open;
    const workers = await loadStartupModels({ manager, readiness, settings, log, accelerators }, options.onProgress);
    options.signal?.throwIfAborted();
    readiness.open();
    if (manager.list().length === 0) log(NO_MODEL);
    let closing: Promise<void> | undefined;
    const closeOnce = (): Promise<void> => {
      options.signal?.removeEventListener('abort', onAbort);
      closing ??= close();
      return closing;
    };
    const ready = Promise.all(workers).then(
      () => {},
      async (error: unknown) => {
        await closeOnce();
        throw error;
      },
    );
    ready.catch(() => {});
    return {
      inferenceUrl: open.inferenceUrl,
      managementUrl: open.managementUrl,
      accelerators: accelerators?.describeAll() ?? [],
      ready,
      close: closeOnce,
    };
  } catch (error) {
    options.signal?.removeEventListener('abort', onAbort);
    // Held requests have no answer to wait for.
    listeners?.drop();
    await close();
    throw error;
  }
}
