import { MarError } from '#errors/mar-error.js';
import type { JsonObject } from '#json-object.js';
import type { DeviceContext } from './context.js';
import { type DeclaredDevice, declaredDevice } from './declared-device.js';
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
 * `extensions` is the manifest's `model.extensions`. Throws `ERR_DEVICE_UNAVAILABLE` when the device is absent and the archive
 * says `fail`, and `ERR_DEVICE_DECLARATION`.
 */
export function resolveDevice(extensions: JsonObject, machine: Machine = CPU_ONLY): DeviceContext {
  const { model = 'cpu', data = 'cpu', fallback = 'cpu', accelerator } = declaredDevice(extensions) ?? {};
  const declared = { model, data, fallback };
  const absent = (what: string) =>
    fallBack(declared, `The archive requires ${what}, which this machine does not have.`);
  if (accelerator) return { ...absent(`${accelerator.type} at ${model}`), accelerator };
  const device = parseDevice(model);
  if (device?.kind !== 'gpu') return { ...declared, running: 'cpu', executionProviders: ['cpu'] };
  if (device.ordinal >= machine.gpus) return absent(model);
  return { ...declared, running: model, executionProviders: ['cuda', 'cpu'] };
}

/** The device on the cpu. Throws `ERR_DEVICE_UNAVAILABLE` with the obstacle, a sentence, when the archive says `fail`. */
export function fallBack<Declared extends DeclaredDevice>(
  declared: Declared,
  obstacle: string,
): Declared & DeviceContext {
  if (declared.fallback === 'fail') {
    throw new MarError(obstacle, {
      code: 'ERR_DEVICE_UNAVAILABLE',
    });
  }
  return { ...declared, running: 'cpu', executionProviders: ['cpu'] };
}
