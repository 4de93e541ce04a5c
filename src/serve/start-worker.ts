import { resolve, sep } from 'node:path';
import { MarError } from '#errors.js';
import { findPython } from './find-python.js';
import { installRequirements } from './install-requirements.js';
import type { Log } from './log.js';
import type { ModelFacts } from './model.js';
import type { Settings } from './settings.js';
import type { Worker } from './worker.js';
import { workerEnvironment } from './worker-environment.js';
import { WorkerHandle } from './worker-handle.js';

/** Starts one worker of a model; see `Worker` for the errors. */
export type StartWorker = (model: ModelFacts, gpuId: number, signal: AbortSignal) => Promise<Worker>;

/** What every worker of a server is started with: its environment, limits and interpreter, and the log that hears it. */
export function workerStarter(settings: Settings, log: Log): StartWorker {
  const env = workerEnvironment(settings);
  const choose = interpreterChoice(settings, env, log);
  return async (model, gpuId, signal) => {
    const { name, handler, runtime, batchSize, manifest } = model;
    const python = await choose(model);
    return WorkerHandle.start({
      modelName: name,
      modelDir: manifest.modelDir,
      handler,
      runtime,
      batchSize: Math.max(1, batchSize),
      gpuId,
      env,
      sandbox: settings.sandbox,
      maxResponseBytes: settings.maxResponseSize,
      signal,
      onLine: ({ stream, text }) => log({ level: 'info', event: `worker-${stream}`, message: text, model: name }),
      ...(settings.threads === undefined ? {} : { threads: settings.threads }),
      ...optional(python),
    });
  };
}

/**
 * The configured interpreter, or the one of the model's own environment where requirements are installed; workers of one model
 * that start together share one installation.
 */
function interpreterChoice(
  settings: Settings,
  env: Readonly<Record<string, string>>,
  log: Log,
): (model: ModelFacts) => Promise<string | undefined> {
  const installing = new Map<string, Promise<string>>();
  const install = async ({ name, runtime }: ModelFacts, file: string): Promise<string> => {
    const python = await findPython({ runtime, env, ...optional(settings.python) });
    const onLine = (message: string): void => log({ level: 'info', event: 'requirements', message, model: name });
    return installRequirements({ file, python, env, onLine });
  };
  return async (model) => {
    const { requirementsFile, modelDir } = model.manifest;
    if (!settings.installRequirements || model.runtime === 'nodejs' || requirementsFile === undefined) {
      return settings.python;
    }
    const file = resolve(modelDir, requirementsFile);
    if (!file.startsWith(modelDir + sep)) {
      throw new MarError(`requirementsFile is "${requirementsFile}"; expected a path inside the archive.`, {
        code: 'ERR_REQUIREMENTS',
      });
    }
    const running = installing.get(file) ?? install(model, file).finally(() => installing.delete(file));
    installing.set(file, running);
    return running;
  };
}

function optional(python: string | undefined): { python?: string } {
  return python === undefined ? {} : { python };
}
