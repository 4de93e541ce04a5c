import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Answer, errorAnswer } from '../server/answer.js';

/**
 * Says no to requests without `Authorization: Bearer KEY`, and to all while there is no key yet. The API description stays open,
 * as in TorchServe.
 */
export function tokenGuard(keyNow: () => string | undefined): (request: IncomingMessage) => Answer | undefined {
  return (request) => {
    if (request.method === 'OPTIONS' && request.url === '/') return undefined;
    const key = keyNow();
    const given = digest(request.headers.authorization ?? '');
    if (key !== undefined && timingSafeEqual(given, digest(`Bearer ${key}`))) return undefined;
    const message =
      'Token Authorization failed. Send the header "Authorization: Bearer KEY" with the key of management in key_file.json.';
    return { ...errorAnswer(401, 'InvalidKeyException', message), headers: [['www-authenticate', 'Bearer']] };
  };
}

/** Equal lengths for the comparison, whatever a client sends. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
