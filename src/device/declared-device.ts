import { MarError } from '#errors/mar-error.js';
import { isObject, type JsonObject, objectAt } from '#json-object.js';
import { writtenDevice } from '#manifest/device.js';
import type { DeviceContext } from './context.js';
import { parseDevice } from './parse-device.js';

/** What an archive says about its device, whatever this machine has. */
export type DeclaredDevice = Omit<DeviceContext, 'running' | 'executionProviders'>;

/**
 * The device that `model.extensions` of a manifest declares; undefined where it says nothing. Throws `ERR_DEVICE_DECLARATION`
 * where it cannot be understood: to run such an archive anywhere would be a guess.
 */
export function declaredDevice(extensions: JsonObject): DeclaredDevice | undefined {
  for (const [pointer, value] of [
    ['/model/extensions/eia', extensions['eia']],
    ['/model/extensions/modelArchiver/device', objectAt(extensions, 'modelArchiver')['device']],
  ] as const)
    if (value !== undefined && !isObject(value)) throw unclear(pointer, value, 'an object');
  const written = writtenDevice(extensions);
  if (written === undefined) return undefined;
  const { eia, device, pointer } = written;
  const contexts = eia ? `${pointer}/contexts` : pointer;
  const model = context(written.modelContext, `${contexts}/model`, eia ? ['eia'] : ['cpu', 'gpu']);
  const data = context(written.dataContext, `${contexts}/data`, eia ? ['cpu', 'gpu', 'eia'] : ['cpu']);
  const fallback = fallbackOf((eia ?? device)?.['fallback'] ?? (eia ? undefined : 'cpu'), `${pointer}/fallback`);
  return { model, data, fallback, ...(eia && { accelerator: accelerator(eia, pointer) }) };
}

function context(value: unknown, pointer: string, kinds: readonly string[]): string {
  const device = typeof value === 'string' ? parseDevice(value) : undefined;
  if (typeof value === 'string' && device && kinds.includes(device.kind)) return value;
  throw unclear(pointer, value, kinds.map((kind) => (kind === 'cpu' ? kind : `${kind}:N`)).join(' or '));
}

function fallbackOf(value: unknown, pointer: string): 'cpu' | 'fail' {
  if (value === 'cpu' || value === 'fail') return value;
  throw unclear(pointer, value, 'cpu or fail');
}

function accelerator({ acceleratorType, count }: JsonObject, pointer: string): { type: string; count: number } {
  if (typeof acceleratorType !== 'string')
    throw unclear(`${pointer}/acceleratorType`, acceleratorType, 'a type such as eia2.medium');
  if (typeof count !== 'number') throw unclear(`${pointer}/count`, count, 'a number');
  return { type: acceleratorType, count };
}

function unclear(pointer: string, value: unknown, expected: string): MarError {
  const found = value === undefined ? 'missing' : JSON.stringify(value);
  return new MarError(`The manifest's ${pointer} is ${found}, expected ${expected}.`, {
    code: 'ERR_DEVICE_DECLARATION',
  });
}
