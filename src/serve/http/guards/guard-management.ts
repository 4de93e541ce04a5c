import type { ServerSettings } from '../../config/settings.js';
import { isLoopback, parseAddress } from '../server/address.js';
import type { Apis, RequestHead, RouteContext } from '../server/exchange.js';
import { refuseForeignHost } from './foreign-host.js';
import { refuseForeignOrigin } from './foreign-origin.js';
import { refuseWithoutToken } from './token-guard.js';

/**
 * Whether the management API wants a token: other machines reach it, or it shares its address with the inference API, whose answers
 * a browser takes for pages of that address. `disable_token_auth` switches it off.
 */
export function wantsToken(settings: ServerSettings, shared: boolean): boolean {
  if (settings.disableTokenAuth) return false;
  return shared || !isLoopback(parseAddress('management_address', settings.managementAddress, true));
}

/** Lets a request pass that wants to manage models, or throws `ERR_TOKEN`, `ERR_FOREIGN_HOST` or `ERR_FOREIGN_ORIGIN`. */
export function guardManagement(context: RouteContext, apis: Apis, head: RequestHead): void {
  const { settings, managementToken } = context;
  const shared = apis.inference && apis.management;
  const token = wantsToken(settings, shared);
  if (token) refuseWithoutToken(head, managementToken());
  else refuseForeignHost(head, settings);
  refuseForeignOrigin(head, settings, { token, alone: !shared });
}
