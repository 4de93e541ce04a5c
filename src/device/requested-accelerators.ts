import { MarError } from '#errors/mar-error.js';
import { type JsonObject, objectAt } from '#json-object.js';
import { didYouMean } from '#nearest.js';
import { ACCELERATOR_TYPES, findAccelerator, MAX_ACCELERATORS } from './accelerators.js';
import { declaredDevice } from './declared-device.js';
import { parseDevice } from './parse-device.js';

/** What an archive asks of accelerators. */
export interface RequestedAccelerators {
  readonly type: string;
  /** The N of each `eia:N` that its workers may use, that of the model's context first. */
  readonly ordinals: readonly number[];
  readonly fallback: 'cpu' | 'fail';
}

const AT = "The manifest's /model/extensions/eia";

/**
 * The accelerators that `model.extensions` of a manifest asks for; undefined where it asks for none. Throws `ERR_DEVICE_DECLARATION` for
 * what could not have run on one: an unknown type, an ordinal beyond the count, data on an accelerator, an accelerator beside a GPU.
 */
export function requestedAccelerators(extensions: JsonObject): RequestedAccelerators | undefined {
  const declared = declaredDevice(extensions);
  if (!declared?.accelerator) return undefined;
  const { type, count } = declared.accelerator;
  const found = findAccelerator(type);
  if (!found) throw refusal(`${AT}/acceleratorType is '${type}', which never existed${near(type)}`);
  if (!Number.isInteger(count) || count < 1 || count > MAX_ACCELERATORS)
    throw refusal(`${AT}/count is ${count}, expected 1 to ${MAX_ACCELERATORS}`);
  if (declared.data !== 'cpu')
    throw refusal(`${AT}/contexts/data is ${declared.data}, expected cpu: an accelerator holds the model only`);
  const other = objectAt(objectAt(extensions, 'modelArchiver'), 'device')['model'];
  if (typeof other === 'string' && parseDevice(other)?.kind === 'gpu')
    throw refusal(`The manifest declares ${declared.model} and ${other}: the EI builds of frameworks had no GPU`);
  const listed: unknown = objectAt(extensions, 'eia')['ordinals'];
  const ordinals = [parseDevice(declared.model)?.ordinal, ...(Array.isArray(listed) ? listed : [])];
  return { type: found.type, fallback: declared.fallback, ordinals: [...new Set(ordinals)].map(within(count)) };
}

function near(type: string): string {
  return didYouMean(type, ACCELERATOR_TYPES);
}

function within(count: number) {
  return (ordinal: unknown): number => {
    if (typeof ordinal === 'number' && Number.isInteger(ordinal) && ordinal >= 0 && ordinal < count) return ordinal;
    const last = count === 1 ? '0' : `0 to ${count - 1}`;
    throw refusal(`${AT} uses accelerator ${String(ordinal)} with a count of ${count}, expected ${last}`);
  };
}

function refusal(sentence: string): MarError {
  return new MarError(`${sentence}.`, { code: 'ERR_DEVICE_DECLARATION' });
}
