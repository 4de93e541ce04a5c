import type { IncomingMessage } from 'node:http';
import { MarError } from '#errors/mar-error.js';
import type { RequestHead } from './exchange.js';
import { parseTarget } from './query.js';

/** Bytes of a request line and of all headers together, as in Multi Model Server (Netty's defaults). */
export const MAX_LINE = 4096;
export const MAX_HEADERS = 8192;

/** What a request says before its body. Throws `ERR_HTTP_MESSAGE` where that is too long, or its target broken. */
export function requestHead(id: string, request: IncomingMessage): RequestHead {
  const { url = '/', method = 'GET', rawHeaders, headers } = request;
  const lineLength = method.length + url.length + ' HTTP/1.1'.length + 1;
  if (lineLength > MAX_LINE || headerBytes(rawHeaders) > MAX_HEADERS) {
    throw new MarError(`The request line or the headers are longer than ${MAX_LINE} and ${MAX_HEADERS} bytes.`, {
      code: 'ERR_HTTP_MESSAGE',
    });
  }
  return { id, method, target: parseTarget(url), rawHeaders, contentType: headers['content-type'] ?? '' };
}

function headerBytes(rawHeaders: readonly string[]): number {
  let bytes = 0;
  for (const text of rawHeaders) bytes += text.length + 2;
  return bytes;
}
