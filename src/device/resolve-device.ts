import { MarError } from '#errors/mar-error.js';
import type { JsonObject } from '#json-object.js';
import type { DeviceContext } from './context.js';
import { type DeclaredDevice, declaredDevice } from './declared-device.js';
import type { SeenAccelerator } from './emulated.js';
import { formatDevice, parseDevice } from './parse-device.js';

/** What the machine at hand offers besides its cpu. */
export interface Machine {
  /** Number of GPUs that ONNX Runtime can use here; 0 when unknown. */
  readonly gpus: number;
  /** The accelerator that is emulated for this process. */
  readonly emulated?: SeenAccelerator | undefined;
}

const CPU_ONLY: Machine = { gpus: 0 };

/**
 * Where an archive runs on this machine: the declared device, or its fallback. There is no Elastic Inference accelerator
 * anywhere any more (the service has ended), so `eia:N` takes the fallback unless one is emulated; then it runs on the best that there
 * is, and `emulated` says so.
 * `extensions` is the manifest's `model.extensions`. Throws `ERR_DEVICE_UNAVAILABLE` when the device is absent and the archive
 * says `fail`, and `ERR_DEVICE_DECLARATION`.
 */
export function resolveDevice(extensions: JsonObject, machine: Machine = CPU_ONLY): DeviceContext {
  const { model = 'cpu', data = 'cpu', fallback = 'cpu', accelerator } = declaredDevice(extensions) ?? {};
  const declared = { model, data, fallback };
  const absent = (what: string) =>
    fallBack(declared, `The archive requires ${what}, which this machine does not have.`);
  if (accelerator && machine.emulated)
    return { ...declared, accelerator, ...emulatedOn(machine.emulated, machine.gpus) };
  if (accelerator) return { ...absent(`${accelerator.type} at ${model}`), accelerator };
  const device = parseDevice(model);
  if (device?.kind !== 'gpu') return { ...declared, running: 'cpu', executionProviders: ['cpu'] };
  if (device.ordinal >= machine.gpus) return absent(model);
  return { ...declared, running: model, executionProviders: ['cuda', 'cpu'] };
}

/** Data stays on the cpu; the model goes where it is computed fastest here. */
function emulatedOn({ accelerator, visibleAs }: SeenAccelerator, gpus: number) {
  const model = formatDevice({ kind: 'eia', ordinal: visibleAs });
  const on =
    gpus > 0
      ? { running: `gpu:${accelerator.ordinal % gpus}`, executionProviders: ['cuda', 'cpu'] }
      : { running: 'cpu', executionProviders: ['cpu'] };
  return { model, emulated: accelerator, ...on };
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
