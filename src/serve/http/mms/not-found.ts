import { MarError } from '#errors/mar-error.js';

/** No route has this path. */
export function notFound(): MarError {
  return new MarError('No route has this path.', { code: 'ERR_ROUTE' });
}

/** The path exists, its method does not. */
export function notAllowed(): MarError {
  return new MarError('The path is served, but not with this method.', { code: 'ERR_METHOD' });
}
