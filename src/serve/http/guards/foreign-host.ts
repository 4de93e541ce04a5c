import { isIP } from 'node:net';
import { MarError } from '#errors/mar-error.js';
import type { ServerSettings } from '../../config/settings.js';
import { parseAddress } from '../server/address.js';
import { type RequestHead, valuesOf } from '../server/exchange.js';

/**
 * Refuses management requests that a browser sends under a name which is not this machine's: a page of `evil.example` may make that
 * name mean 127.0.0.1 and would then read what it asks for (DNS rebinding). Addresses, `localhost`, the configured host and
 * `allowed_hosts` (`*` = all) pass, and requests without a Host; a socket file needs no such check, nor does who has the token. Throws
 * `ERR_FOREIGN_HOST`.
 */
export function refuseForeignHost(head: Pick<RequestHead, 'rawHeaders'>, settings: ServerSettings): void {
  const address = parseAddress('management_address', settings.managementAddress, true);
  if (address.kind === 'unix') return;
  const known = [address.host.toLowerCase(), ...settings.allowedHosts];
  for (const value of valuesOf(head, 'host')) {
    const host = nameOf(value);
    if (!isOfThisMachine(host) && !known.includes(host) && !known.includes('*')) throw foreignHost(host);
  }
}

/** `LocalHost.:8081` → `localhost`, `[::1]:8081` → `::1`. */
function nameOf(host: string): string {
  const [, address, name = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host.trim().toLowerCase()) ?? [];
  return address ?? name.replace(/\.$/, '');
}

/** Addresses are nobody's name, and browsers resolve `localhost` and what is below it themselves. */
function isOfThisMachine(host: string): boolean {
  return isIP(host) !== 0 || /^(.+\.)?localhost$/.test(host);
}

function foreignHost(host: string): MarError {
  return new MarError(`The management API does not answer requests for host "${host}".`, {
    code: 'ERR_FOREIGN_HOST',
    hint: `Use its address or localhost, or add ${host} to allowed_hosts in the configuration of the server.`,
  });
}
