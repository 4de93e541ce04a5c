import { declaredDevice } from '#device/declared-device.js';
import { messageOf } from '#errors/mar-error.js';
import type { Model } from '../../models/model.js';
import { type Answer, jsonAnswer } from '../server/answer.js';

/** `GET /models/NAME`: the peers' fields in their order; `device` is ours: only where the archive declares one or a worker says where it runs. */
export async function describeModel(model: Model): Promise<Answer> {
  const { manifest, pool } = model;
  const workers = await Promise.all(
    pool.slots.map(async (slot) => ({
      id: slot.id,
      startTime: slot.startTime.toISOString(),
      status: slot.state === 'stopped' ? 'UNLOADING' : 'READY',
      gpu: slot.gpuId >= 0,
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
    workers,
  });
}

/** The device that the archive declares, and the one with its execution providers that a worker says it runs on. */
function deviceOf({ manifest, pool }: Model): { device?: unknown } {
  const sessions = pool.slots.find(({ worker }) => worker?.sessions)?.worker?.sessions;
  try {
    const declared = declaredDevice(manifest.extensions);
    return declared || sessions ? { device: { ...declared, ...sessions } } : {};
  } catch (error) {
    // Nobody has held the manifest to its schema.
    return { device: { error: messageOf(error) } };
  }
}
