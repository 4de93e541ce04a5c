import { MarError } from '#errors/mar-error.js';
import type { Config } from '../../config/resolve.js';
import { isLoopback, parseAddress } from './address.js';

/**
 * Refuses addresses that other machines reach and that only a file or the environment names: a container is started with the
 * configuration of somebody else more often than it seems. Throws `ERR_ADDRESS_NOT_ASKED` and `ERR_ADDRESS`.
 */
export function refuseUnaskedAddresses({ values }: Config): void {
  for (const [key, flag] of [
    ['inference_address', '--host HOST or --inference-address'],
    ['management_address', '--management-address'],
  ] as const) {
    const { value = '', origin = '' } = values.get(key) ?? {};
    if (origin.startsWith('--') || isLoopback(parseAddress(key, value, key === 'management_address'))) continue;
    throw new MarError(`${origin} puts ${key} at ${value}, which other machines reach; nobody asked for it here.`, {
      code: 'ERR_ADDRESS_NOT_ASKED',
      hint: `Say it on the command line: ${flag} ${value}`,
    });
  }
}
