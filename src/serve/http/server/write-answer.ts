import { isUtf8 } from 'node:buffer';
import type { ServerResponse } from 'node:http';
import type { ServerSettings } from '../../config/settings.js';
import type { Answer } from './answer.js';
import { reasonPhrase } from './reason.js';

/** Headers that only the server sets, whatever a handler says: they frame the answer or keep caches away. */
const RESERVED = new Set([
  'cache-control',
  'connection',
  'content-length',
  'content-security-policy',
  'expires',
  'keep-alive',
  'pragma',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-content-type-options',
  'x-request-id',
]);

/** Header names as HTTP allows them; others cannot be sent and are left out. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * No cache may keep an answer, as with Multi Model Server. What a handler answers must never run as a page of this server in a browser, whatever type it has: another origin than ours, no
 * script, nothing loaded, no guessing of types.
 */
const EVERYWHERE = [
  'Pragma',
  'no-cache',
  'Cache-Control',
  'no-cache; no-store, must-revalidate, private',
  'Expires',
  'Thu, 01 Jan 1970 00:00:00 UTC',
  'X-Content-Type-Options',
  'nosniff',
  'Content-Security-Policy',
  "sandbox; default-src 'none'",
] as const;

export type CorsHeaders = readonly (readonly [name: string, value: string])[];

/** The headers of `cors_allowed_*`, constant for every answer. */
export function corsHeaders(settings: ServerSettings): CorsHeaders {
  const headers: (readonly [string, string | undefined])[] = [
    ['access-control-allow-origin', settings.corsAllowedOrigin],
    ['access-control-allow-methods', settings.corsAllowedMethods],
    ['access-control-allow-headers', settings.corsAllowedHeaders],
  ];
  return headers.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
}

/**
 * Every header of an answer in Multi Model Server's order: content-type, the handler's, x-request-id, CORS, caching, then
 * those that keep it from being a page, content-length, connection. Flat, as `writeHead` takes it.
 */
export function headerList(answer: Answer, id: string, cors: CorsHeaders, close: boolean): string[] {
  const list: string[] = [];
  if (answer.contentType) list.push('content-type', answer.contentType);
  else if (answer.body.length > 0) list.push('content-type', plainType(answer.body));
  if (answer.headers && answer.headers.length > 0) addHandlerHeaders(list, answer.headers);
  list.push('x-request-id', id);
  for (const [name, value] of cors) {
    if (!list.some((item, index) => index % 2 === 0 && item.toLowerCase() === name)) list.push(name, value);
  }
  list.push(...EVERYWHERE);
  if (answer.status !== 204) list.push('content-length', String(Buffer.byteLength(answer.body)));
  list.push('connection', close ? 'close' : 'keep-alive');
  return list;
}

/**
 * Sends an answer. Anything from 400 on ends the connection, as in Multi Model Server, and everything does once the server is `closing`.
 * Where it ends while the body is still `arriving`, what comes of that is read and forgotten for a while.
 */
export function writeAnswer(
  response: ServerResponse,
  answer: Answer,
  id: string,
  cors: CorsHeaders,
  { closing, arriving = false }: { readonly closing: boolean; readonly arriving?: boolean },
): void {
  const close = closing || answer.status >= 400 || !response.shouldKeepAlive;
  const reason = answer.reason || reasonPhrase(answer.status);
  response.writeHead(answer.status, reason, headerList(answer, id, cors, close));
  const { body } = answer;
  if (close && arriving) endBehind(response, body);
  else if (body.length > SLICE && typeof body !== 'string' && 'encrypted' in response.req.socket)
    sendSlices(response, body);
  else response.end(body);
}

/** What a client has to notice that its body is not wanted, in milliseconds. */
const LINGER_MS = 2000;

/** A connection that is closed on unread bytes is reset, and the answer may be lost with it. */
function endBehind(response: ServerResponse, body: string | Buffer): void {
  const { req: request } = response;
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  response.once('close', () => clearTimeout(timer));
  if (body.length > 0) response.write(body);
  else response.flushHeaders();
  request.once('end', end);
  request.resume();
}

/** Bytes that go into an encrypted connection at a time: of a larger write it would not show how much the client has taken. */
const SLICE = 65_536;

function sendSlices(response: ServerResponse, body: Buffer): void {
  let sent = 0;
  const send = (): void => {
    while (sent < body.length) {
      const slice = body.subarray(sent, sent + SLICE);
      sent += slice.length;
      if (!response.write(slice)) {
        response.once('drain', send);
        return;
      }
    }
    response.end();
  };
  send();
}

/** The type of an answer that names none: a browser would otherwise guess. */
function plainType(body: string | Buffer): string {
  return typeof body === 'string' || isUtf8(body) ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}

/** A later header replaces an earlier one of the same name, the content type too. */
function addHandlerHeaders(list: string[], headers: NonNullable<Answer['headers']>): void {
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (RESERVED.has(lower) || !TOKEN.test(name) || (lower === 'content-type' && value.trim() === '')) continue;
    for (let index = 0; index < list.length; index += 2) {
      if (list[index]?.toLowerCase() === lower) list.splice(index, 2);
    }
    list.push(name, value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?'));
  }
}
