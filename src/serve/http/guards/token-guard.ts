import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { MarError } from '#errors/mar-error.js';

/**
 * Refuses requests without `Authorization: Bearer KEY`, and to all while there is no key yet. The API description stays open,
 * as in TorchServe. The guard throws `ERR_TOKEN`.
 */
export function tokenGuard(keyNow: () => string | undefined): (request: IncomingMessage) => void {
  return (request) => {
    if (request.method === 'OPTIONS' && request.url === '/') return;
    const key = keyNow();
    const given = digest(request.headers.authorization ?? '');
    if (key !== undefined && timingSafeEqual(given, digest(`Bearer ${key}`))) return;
    throw new MarError('The request carries no valid token.', {
      code: 'ERR_TOKEN',
      hint: 'Send the header "Authorization: Bearer KEY" with the key of management in key_file.json.',
    });
  };
}

/** Equal lengths for the comparison, whatever a client sends. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
