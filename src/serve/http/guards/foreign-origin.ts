import { MarError } from '#errors/mar-error.js';
import type { ServerSettings } from '../../config/settings.js';
import { parseAddress } from '../server/address.js';
import { type RequestHead, valuesOf } from '../server/exchange.js';

/**
 * Refuses management requests that a page makes a browser send: loopback is no protection from those, and registering a model runs
 * code. Another port of this machine is another origin, the inference API's too: what a handler answers may be such a page. Programs
 * send no Origin; the origin of `cors_allowed_origin` passes, and the management API's own where it has a listener to itself. With
 * a `token` its own always passes, and `cors_allowed_origin=*` counts. Throws `ERR_FOREIGN_ORIGIN`.
 */
export function refuseForeignOrigin(
  head: Pick<RequestHead, 'rawHeaders'>,
  { corsAllowedOrigin: allowed, managementAddress }: ServerSettings,
  { token, alone }: { readonly token: boolean; readonly alone: boolean },
): void {
  for (const origin of valuesOf(head, 'origin')) {
    if (allowed === origin || (token && allowed === '*')) continue;
    if ((alone || token) && isOwn(origin, head, managementAddress)) continue;
    throw new MarError(`Requests from pages of ${origin} are not allowed.`, { code: 'ERR_FOREIGN_ORIGIN' });
  }
}

/** Whether the page lies behind the very address that it asks. */
function isOwn(origin: string, head: Pick<RequestHead, 'rawHeaders'>, managementAddress: string): boolean {
  const address = parseAddress('management_address', managementAddress, true);
  const [host, ...more] = valuesOf(head, 'host');
  if (address.kind === 'unix' || host === undefined || more.length > 0) return false;
  const own = `http${address.tls ? 's' : ''}://${host}`;
  return URL.canParse(own) && new URL(own).origin === origin;
}
