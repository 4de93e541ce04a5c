import { declaredDevice } from '#device/declared-device.js';
import { messageOf } from '#errors/mar-error.js';
import type { RunningSessions } from '#protocol/load-report.js';
import type { Accelerators } from '../../accelerators/accelerators.js';
import type { Model } from '../../models/model.js';
import { type Answer, jsonAnswer } from '../server/answer.js';
import { declaredInputs } from './declared-request.js';

/**
 * `GET /models/NAME`: Multi Model Server's fields in their order; `device`, `batching` and `inputs` are ours: only where the
 * archive declares a device or inputs, or a worker says where it runs, and whether a batch shares a run of the model; so is
 * `accelerators`, where its workers take turns of emulated ones.
 */
export async function describeModel(model: Model, accelerators?: Accelerators): Promise<Answer> {
  const { manifest, pool } = model;
  const workers = await Promise.all(
    pool.slots.map(async (slot) => ({
      id: slot.id,
      startTime: slot.startTime.toISOString(),
      status: slot.state === 'stopped' ? 'UNLOADING' : 'READY',
      // What waits for an accelerator has no GPU of its own.
      gpu: slot.gpuId >= 0 && slot.worker?.runsOn === undefined,
      memoryUsage: (await slot.worker?.memory()) ?? 0,
    })),
  );
  return jsonAnswer({
    modelName: model.name,
    ...(manifest.modelVersion === undefined ? {} : { modelVersion: manifest.modelVersion }),
    modelUrl: model.url,
    ...(manifest.engine ? { engine: manifest.engine.engineName } : {}),
    runtime: model.runtime,
    minWorkers: model.minWorkers,
    maxWorkers: model.maxWorkers,
    batchSize: model.batchSize,
    maxBatchDelay: model.maxBatchDelayMs,
    loadedAtStartup: model.loadedAtStartup,
    ...deviceOf(model),
    ...batchingOf(model),
    ...inputsOf(model),
    ...acceleratorsOf(model, accelerators),
    workers,
  });
}

function acceleratorsOf({ name }: Model, accelerators: Accelerators | undefined): { accelerators?: unknown } {
  const own = accelerators?.of(name) ?? [];
  return own.length > 0 ? { accelerators: own.map((one) => accelerators?.describe(one)) } : {};
}

/** What the first worker that runs says of its sessions. */
function sessionsOf({ pool }: Model): RunningSessions | undefined {
  return pool.slots.find(({ worker }) => worker?.sessions)?.worker?.sessions;
}

/** What the handler declares. */
function inputsOf({ manifest }: Model): { inputs?: unknown } {
  const inputs = declaredInputs(manifest.extensions);
  return inputs ? { inputs } : {};
}

function batchingOf(model: Model): { batching?: string } {
  const batching = sessionsOf(model)?.batching;
  if (!batching) return {};
  return { batching: batching.joins ? 'in one run' : `one by one: ${batching.why ?? 'the worker does not say why'}` };
}

/** The device that the archive declares, and the one with its execution providers that a worker says it runs on. */
function deviceOf(model: Model): { device?: unknown } {
  const { batching: _, ...sessions } = sessionsOf(model) ?? {};
  try {
    const declared = declaredDevice(model.manifest.extensions);
    return declared || 'running' in sessions ? { device: { ...declared, ...sessions } } : {};
  } catch (error) {
    // Nobody has held the manifest to its schema.
    return { device: { error: messageOf(error) } };
  }
}
