import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { archiveEnding } from '#archive/formats.js';
import type { ReadProgress } from '#archive/watched.js';
import { MarError, messageOf } from '#errors/mar-error.js';
import { notPacked } from '#manifest/not-packed.js';
import { servingOf } from '#manifest/served.js';
import { publicSource } from '#public-source.js';
import type { Accelerators } from '../accelerators/accelerators.js';
import { processors } from '../config/processors.js';
import type { ServerSettings, StartupModel } from '../config/settings.js';
import type { Log } from '../log.js';
import type { Model } from './model.js';
import type { ModelManager } from './model-manager.js';
import { nameFromSource } from './model-source.js';
import type { Readiness } from './readiness.js';
import { sumOfSteps } from './sum-of-steps.js';

/** What the start works on. */
export interface StartupContext {
  readonly manager: ModelManager;
  readonly readiness: Readiness;
  readonly settings: ServerSettings;
  readonly log: Log;
  readonly accelerators?: Accelerators | undefined;
}

/**
 * Registers the models of the start in parallel and begins to start their workers; the result settles with those.
 * A named model that does not register is an error; of everything in the model store (`ALL`), a warning.
 */
export async function loadStartupModels(
  { manager, readiness, settings, log, accelerators }: StartupContext,
  onProgress?: (progress: ReadProgress) => void,
): Promise<Promise<unknown>[]> {
  const workers = Math.min(settings.defaultWorkersPerModel || processors(), settings.maxWorkersPerModel);
  const scaling: Promise<unknown>[] = [];
  const newPart = onProgress && sumOfSteps(onProgress);
  const load = async ({ name, source, local }: StartupModel): Promise<void> => {
    const shown = publicSource(source);
    readiness.expect(shown);
    const model = await manager
      .register({
        url: source,
        modelName: name,
        initialWorkers: workers,
        fallbackName: nameFromSource(source),
        local,
        onProgress: newPart?.(),
      })
      .catch(async (error: unknown) => {
        throw (await notPacked(resolve(settings.cwd, source), source)) ?? startupError(shown, error);
      })
      .finally(() => readiness.settled(shown));
    const isOpen = settings.defaultWorkersPerModel === 0;
    const asked = isOpen ? seatsOf(accelerators, model) || (servingOf(model.manifest.extensions).workers ?? 0) : 0;
    const count = asked === 0 ? workers : Math.min(asked, settings.maxWorkersPerModel);
    const scaled = manager.scale(model, count, count).catch((error: unknown) => {
      throw startupError(shown, error);
    });
    scaled.catch(() => {});
    scaling.push(scaled);
  };
  await Promise.all(settings.models.map(load));
  const { loadAll, modelStore } = settings;
  if (!loadAll || modelStore === undefined) return scaling;
  await Promise.all(
    (await archivesIn(modelStore)).map((source) =>
      load({ source, local: false }).catch((error: unknown) => {
        const message = `Failed to load model: ${source}`;
        log({ level: 'warn', event: 'model-failed', message, detail: messageOf(error) });
      }),
    ),
  );
  return scaling;
}

/** Calls to an accelerator are sequential: where nobody says how many workers, a model has one on each that it may use. */
function seatsOf(accelerators: Accelerators | undefined, model: Model): number {
  try {
    return accelerators?.seatsOf(model) ?? 0;
  } catch {
    // The start of its first worker says it.
    return 1;
  }
}

/** The reason itself, with the source that it is about. */
function startupError(source: string, error: unknown): unknown {
  if (!(error instanceof MarError)) return error;
  const reason = error.cause instanceof MarError ? error.cause : error;
  const hint = reason.hint ?? error.hint;
  return new MarError(reason.message.includes(source) ? reason.message : `${source}: ${reason.message}`, {
    code: reason.code,
    ...(reason.detail === undefined ? {} : { detail: reason.detail }),
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

async function archivesIn(store: string): Promise<string[]> {
  const entries = await readdir(store, { withFileTypes: true });
  const visible = entries.filter(({ name }) => !name.startsWith('.'));
  return visible
    .filter((entry) => entry.isDirectory() || archiveEnding(entry.name) !== undefined)
    .map(({ name }) => name);
}
