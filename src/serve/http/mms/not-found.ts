import { MarError } from '#errors/mar-error.js';

/** No route has this path. */
export function notFound(): MarError {
  return new MarError('Requested resource is not found, please refer to API document.', { code: 'ERR_ROUTE' });
}

/** The path exists, its method does not. */
export function notAllowed(): MarError {
  return new MarError('Requested method is not allowed, please refer to API document.', { code: 'ERR_METHOD' });
}
