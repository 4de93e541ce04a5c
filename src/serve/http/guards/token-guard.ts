import { createHash, timingSafeEqual } from 'node:crypto';
import { MarError } from '#errors/mar-error.js';
import { type RequestHead, valuesOf } from '../server/exchange.js';

/** Refuses requests without `Authorization: Bearer TOKEN`, and all while there is no token yet. Throws `ERR_TOKEN`. */
export function refuseWithoutToken(head: Pick<RequestHead, 'rawHeaders'>, token: string | undefined): void {
  const [given, ...more] = valuesOf(head, 'authorization');
  const same = timingSafeEqual(digest(given ?? ''), digest(`Bearer ${token}`));
  if (same && token !== undefined && more.length === 0) return;
  throw new MarError('The request carries no valid token.', {
    code: 'ERR_TOKEN',
    hint: 'Send the header "Authorization: Bearer KEY" with the key of management in key_file.json.',
  });
}

/** Equal lengths for the comparison, whatever a client sends. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
