import { MarError } from '#errors.js';
import type { Manifest } from '#manifest/manifest.js';
import type { DeviceContext } from './context.js';
import { parseDevice } from './parse-device.js';

/** What the machine at hand offers besides its cpu. */
export interface Machine {
  /** Number of GPUs that ONNX Runtime can use here; 0 when unknown. */
  readonly gpus: number;
}

const CPU_ONLY: Machine = { gpus: 0 };

/**
 * Where an archive runs on this machine: the declared device, or its fallback. There is no Elastic Inference accelerator
 * anywhere any more (the service has ended), so `eia:N` always takes the fallback.
 * Throws `ERR_DEVICE_UNAVAILABLE` when the device is absent and the archive says `fail`.
 */
export function resolveDevice(manifest: Manifest, machine: Machine = CPU_ONLY): DeviceContext {
  const { eia, modelArchiver } = manifest.model.extensions ?? {};
  if (eia) {
    const declared = { model: eia.contexts.model, data: eia.contexts.data, fallback: eia.fallback };
    const accelerator = { type: eia.acceleratorType, count: eia.count };
    return { ...fallBack(declared, `${accelerator.type} at ${declared.model}`), accelerator };
  }
  const { model = 'cpu', data = 'cpu', fallback = 'cpu' } = modelArchiver?.device ?? {};
  const device = parseDevice(model);
  if (device?.kind === 'gpu') {
    if (device.ordinal >= machine.gpus) return fallBack({ model, data, fallback }, model);
    return { model, data, fallback, running: model, executionProviders: ['cuda', 'cpu'] };
  }
  return { model, data, fallback, running: 'cpu', executionProviders: ['cpu'] };
}

function fallBack(declared: Pick<DeviceContext, 'model' | 'data' | 'fallback'>, wanted: string): DeviceContext {
  if (declared.fallback === 'fail') {
    throw new MarError(`The archive requires ${wanted}, which this machine does not have.`, {
      code: 'ERR_DEVICE_UNAVAILABLE',
      kind: 'unavailable',
      hint: 'Rebuild the archive with --accelerator-fallback cpu to run it on the cpu.',
    });
  }
  return { ...declared, running: 'cpu', executionProviders: ['cpu'] };
}
