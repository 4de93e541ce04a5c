import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MarError } from '#errors/mar-error.js';
import { installModelRequirements } from '#hosting/install-requirements.js';
import type { RunDirectory } from '#hosting/run-directory.js';
import type { Worker, WorkerIdentity, WorkerOptions } from '#hosting/worker.js';
import { workerEnvironment } from '#hosting/worker-environment.js';
import { WorkerHandle } from '#hosting/worker-handle.js';
import type { Accelerators, BeginWorker } from '../accelerators/accelerators.js';
import { processors } from '../config/processors.js';
import type { ServerSettings } from '../config/settings.js';
import type { Log } from '../log.js';
import type { ModelFacts } from '../models/model.js';
import { makeSandbox } from './sandbox.js';
import { Turns } from './turns.js';

/** What loading may take at least, in seconds; longer where the model's response timeout is longer. */
const SHORTEST_START_S = 120;
/** The longest that Node's timers can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Workers that load at once, in the whole server, where it has few processors: some models wait for something else. */
const FEWEST_AT_ONCE = 8;

/** Starts one worker of a model; see `Worker` for the errors. */
export type StartWorker = (model: ModelFacts, identity: WorkerIdentity, signal: AbortSignal) => Promise<Worker>;

/**
 * What every worker of a server is started with: its environment, limits and interpreter, and the log that hears it.
 * Aborting `ending` ends installations under way. Each process gets the mark of the run into its environment. Only so many load at once,
 * twice as many as there are processors and 8 at least. Models that ask for an accelerator start on one of `accelerators`.
 */
export function workerStarter(
  settings: ServerSettings,
  log: Log,
  ending: AbortSignal,
  run: Pick<RunDirectory, 'path' | 'mark'>,
  accelerators?: Accelerators,
): StartWorker {
  const shared = settings.shareWeights ? { MAR_SHARED_WEIGHTS: join(run.path, 'weights') } : {};
  const env = { ...workerEnvironment(settings), ...run.mark, ...shared };
  const choose = interpreterChoice(settings, env, log, ending);
  const turns = new Turns(Math.max(FEWEST_AT_ONCE, 2 * processors()));
  return async (model, { id: worker, gpuId }, signal) => {
    const { name, handler, runtime, batchSize, manifest, modelDir, responseTimeoutSeconds } = model;
    const python = await choose(model);
    const options: WorkerOptions = {
      modelName: name,
      modelDir,
      ...(manifest.manifestPath === undefined ? {} : { manifestPath: manifest.manifestPath }),
      handler,
      runtime,
      batchSize: Math.max(1, batchSize),
      gpuId,
      env,
      maxResponseBytes: settings.maxResponseSize,
      signal,
      startupTimeoutMs: Math.min(Math.max(SHORTEST_START_S, responseTimeoutSeconds) * 1000, MAX_TIMER_MS),
      onLine: ({ stream, text }) =>
        log({ level: 'info', event: `worker-${stream}`, message: text, model: name, worker }),
      ...optionalThreads(settings.threads ?? model.threads),
      ...optional(python),
    };
    return turns.run(signal, async () => {
      await checkFiles(model);
      const begin: BeginWorker = ({ env: more, ...over }) =>
        settings.sandbox
          ? startSandboxed({ ...options, ...over }, more)
          : WorkerHandle.start({ ...options, ...over, env: { ...env, ...more } });
      return accelerators ? accelerators.start(model, worker, begin) : begin({ env: {} });
    });
  };

  async function startSandboxed(options: WorkerOptions, more: Readonly<Record<string, string>>): Promise<Worker> {
    const { options: kept, remove } = await makeSandbox(settings, env, run);
    return WorkerHandle.start({ ...options, ...kept, env: { ...kept.env, ...more } }).catch(async (error: unknown) => {
      await remove();
      throw error;
    });
  }
}

/** A directory may be tidied away under a model that runs: what its next worker would say of that is no help to anybody. */
async function checkFiles({ name, modelDir }: ModelFacts): Promise<void> {
  const info = await stat(modelDir).catch(() => undefined);
  if (info?.isDirectory()) return;
  throw new MarError(`The files of model ${name} are gone: the directory ${modelDir} was removed.`, {
    code: 'ERR_MODEL_FILES_GONE',
    hint: `Unregister the model and register it again (DELETE /models/${encodeURIComponent(name)}, then POST /models), or put the directory back: the next attempt finds it.`,
  });
}

/**
 * The configured interpreter, or the one of the model's own environment where requirements are installed; workers of one model
 * that start together share one installation.
 */
function interpreterChoice(
  settings: ServerSettings,
  env: Readonly<Record<string, string>>,
  log: Log,
  signal: AbortSignal,
): (model: ModelFacts) => Promise<string | undefined> {
  const installing = new Map<string, Promise<string | undefined>>();
  const install = ({ name, runtime, modelDir, manifest }: ModelFacts): Promise<string | undefined> => {
    const onLine = (message: string): void => log({ level: 'info', event: 'requirements', message, model: name });
    const { requirementsFile } = manifest;
    const file = requirementsFile === undefined ? {} : { requirementsFile };
    return installModelRequirements({ modelDir, ...file, runtime, env, signal, onLine, ...optional(settings.python) });
  };
  return async (model) => {
    if (!settings.installRequirements) return settings.python;
    const { modelDir } = model;
    const running = installing.get(modelDir) ?? install(model).finally(() => installing.delete(modelDir));
    installing.set(modelDir, running);
    return (await running) ?? settings.python;
  };
}

function optional(python: string | undefined): { python?: string } {
  return python === undefined ? {} : { python };
}

function optionalThreads(threads: number | undefined): Pick<WorkerOptions, 'threads'> {
  return threads === undefined ? {} : { threads };
}
