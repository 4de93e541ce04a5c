import { MarError } from '#errors/mar-error.js';

/** Bytes of a name in an address, so that the longest path with it still is one. */
const LONGEST = 2048;

/**
 * Refuses a model name that no address can say: such a model could neither be asked nor described nor unregistered. Every other name is
 * taken, as by Multi Model Server, encoded in addresses where it has to be. Throws `ERR_MODEL_INVALID`.
 */
export function checkModelName(name: string): void {
  const fault = faultOf(name);
  if (fault === undefined) return;
  throw new MarError(`The model name ${JSON.stringify(name.slice(0, 100))} ${fault}.`, {
    code: 'ERR_MODEL_INVALID',
    hint: 'Register it under another name: model_name, or NAME=SOURCE; letters, digits and . _ - need no encoding.',
  });
}

function faultOf(name: string): string | undefined {
  // Half a surrogate pair.
  if (/\p{Cs}/u.test(name)) return 'is not Unicode text';
  if (name.includes('/')) return 'has a slash, which divides addresses';
  if (/\p{Cc}/u.test(name)) return 'has control characters';
  if (name === '.' || name === '..') return 'means a folder in addresses';
  return encodeURIComponent(name).length > LONGEST ? `is longer than ${LONGEST} bytes in addresses` : undefined;
}
