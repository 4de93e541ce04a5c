import type { Server as HttpServer } from 'node:http';
import { listen, parseAddress } from './address.js';
import { resolveServeOptions, type ServeOptions } from './config/serve-options.js';
import type { RouteContext } from './http/exchange.js';
import { createListener } from './http/listener.js';
import type { Log } from './log.js';
import { ModelManager } from './model-manager.js';
import { ModelStore } from './model-store.js';
import { makeRunDirectory } from './run-directory.js';
import type { Settings } from './settings.js';
import { loadStartupModels } from './startup.js';
import { readTls } from './tls.js';
import { workerEnvironment } from './worker-environment.js';
import { WorkerHandle } from './worker-handle.js';

/** A running server. */
export interface Server {
  readonly inferenceUrl: string;
  readonly managementUrl: string;
  /** Resolves when every model of the start has a loaded worker; rejects with the first that has none. */
  readonly ready: Promise<void>;
  /** Finishes accepted requests as far as `shutdown_timeout` allows; afterwards no process, socket or directory is left. */
  close(): Promise<void>;
}

/**
 * Starts the local server. Models named on the command line or in `load_models` must register, or the start fails; with `ALL`
 * a broken archive is a warning. Their workers start in parallel while the ports are already open.
 */
export async function serve(options: ServeOptions = {}): Promise<Server> {
  const { settings, warnings } = await resolveServeOptions(options);
  const log: Log = options.onLog ?? (() => {});
  for (const message of warnings) log({ level: 'warn', event: 'config', message });
  const runDirectory = await makeRunDirectory(settings.tempDir);
  const manager = createManager(settings, runDirectory.path, log);
  const listeners: HttpServer[] = [];
  const close = async (): Promise<void> => {
    const drained = Promise.all(listeners.map(closeListener));
    await manager.close(settings.shutdownTimeoutSeconds * 1000);
    for (const listener of listeners) listener.closeAllConnections();
    await drained;
    await runDirectory.remove();
  };
  try {
    const urls = await openListeners({ manager, settings, log }, listeners);
    const workers = await loadStartupModels(manager, settings, log);
    const ready = Promise.all(workers).then(() => {});
    ready.catch(() => {});
    let closing: Promise<void> | undefined;
    return {
      ...urls,
      ready,
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function createManager(settings: Settings, runDir: string, log: Log): ModelManager {
  const env = workerEnvironment(settings);
  return new ModelManager({
    settings,
    store: new ModelStore(settings, runDir),
    log,
    startWorker: (model, signal) =>
      WorkerHandle.start({
        modelName: model.name,
        modelDir: model.manifest.modelDir,
        handler: model.handler,
        runtime: model.runtime,
        batchSize: model.batchSize,
        env,
        sandbox: settings.sandbox,
        maxResponseBytes: settings.maxResponseSize,
        signal,
        onLine: ({ stream, text }) =>
          log({ level: 'info', event: `worker-${stream}`, message: text, model: model.name }),
        ...(settings.threads === undefined ? {} : { threads: settings.threads }),
        ...(settings.python === undefined ? {} : { python: settings.python }),
      }),
  });
}

/** Two listeners, or one for both APIs where the addresses are the same. */
async function openListeners(
  context: RouteContext,
  listeners: HttpServer[],
): Promise<{ inferenceUrl: string; managementUrl: string }> {
  const { inferenceAddress, managementAddress } = context.settings;
  const inference = parseAddress('inference_address', inferenceAddress, false);
  const management = parseAddress('management_address', managementAddress, true);
  const tls = await readTls(context.settings);
  const open = async (
    address: typeof inference,
    apis: { inference: boolean; management: boolean },
  ): Promise<string> => {
    const secure = address.kind === 'tcp' && address.tls && tls;
    const listener = createListener(context, { apis, ...(secure ? { tls: secure } : {}) });
    const url = await listen(listener, address);
    listeners.push(listener);
    return url;
  };
  if (inferenceAddress === managementAddress && !inferenceAddress.endsWith(':0')) {
    const url = await open(inference, { inference: true, management: true });
    return { inferenceUrl: url, managementUrl: url };
  }
  const inferenceUrl = await open(inference, { inference: true, management: false });
  return { inferenceUrl, managementUrl: await open(management, { inference: false, management: true }) };
}

function closeListener(listener: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    listener.close(() => resolve());
    listener.closeIdleConnections();
  });
}
