import { MarError } from '#errors/mar-error.js';
import type { ServerSettings } from '../../config/settings.js';
import type { HttpRequest } from '../server/exchange.js';

/**
 * Refuses management requests that a page of another site makes a browser send: loopback is no protection from those, and
 * registering a model runs code. Programs send no Origin; pages of this machine and of `cors_allowed_origin` may. Throws
 * `ERR_FOREIGN_ORIGIN`.
 */
export function refuseForeignOrigin({ rawHeaders }: HttpRequest, settings: ServerSettings): void {
  const index = rawHeaders.findIndex((name, position) => position % 2 === 0 && name.toLowerCase() === 'origin');
  const origin = index < 0 ? undefined : rawHeaders[index + 1];
  const { corsAllowedOrigin: allowed } = settings;
  if (origin === undefined || allowed === '*' || allowed === origin) return;
  const host = URL.canParse(origin) ? new URL(origin).hostname : '';
  if (/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host)) return;
  throw new MarError(`Requests from pages of ${origin} are not allowed.`, { code: 'ERR_FOREIGN_ORIGIN' });
}
