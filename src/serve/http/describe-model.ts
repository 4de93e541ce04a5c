import { detectMachine } from '#device/detect-machine.js';
import { resolveDevice } from '#device/resolve-device.js';
import { messageOf } from '#errors.js';
import type { Model } from '../model.js';
import { type Answer, jsonAnswer } from './answer.js';

/** `GET /models/NAME`: the peers' fields in their order; `device` is ours and only there when the archive declares one. */
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

/** Where the archive says the model runs, and the device and execution providers that really run it. */
function deviceOf({ name, handler, manifest: { extensions } }: Model): { device?: unknown } {
  if (!extensions.eia && !extensions.modelArchiver?.device) return {};
  try {
    return { device: resolveDevice({ model: { modelName: name, handler, extensions } }, detectMachine()) };
  } catch (error) {
    return { device: { error: messageOf(error) } };
  }
}
