import { RequestBody } from '#serve/http/body/request-body.js';
import type { HttpRequest } from '#serve/http/server/exchange.js';
import { parseTarget } from '#serve/http/server/query.js';

/** A request as the listener hands it on. */
export function httpRequest(
  method: string,
  target: string,
  {
    body = '',
    contentType = '',
    rawHeaders = [],
  }: { body?: string | Buffer; contentType?: string; rawHeaders?: string[] } = {},
): HttpRequest {
  return {
    id: 'request-1',
    method,
    target: parseTarget(target),
    rawHeaders,
    contentType,
    body: new RequestBody([Buffer.from(body)]),
    onDisconnect: () => {},
  };
}
