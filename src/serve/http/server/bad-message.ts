import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { notAllowed } from '../mms/not-found.js';
import { type Answer, errorAnswer } from './answer.js';
import { reasonPhrase } from './reason.js';
import { type CorsHeaders, headerList, writeAnswer } from './write-answer.js';

/** What a client has to read why its connection ends, in milliseconds. */
const LINGER_MS = 2000;

/** Connections whose end is decided: what else arrives there counts no more. */
const ended = new WeakSet<Duplex>();

/**
 * What cannot be read as HTTP is answered with 400 (too slow: 408) and the connection ends. Listens to `clientError`. `latest` is
 * the answer to the connection's latest request: whatever is owed up to there is sent first, in order.
 */
export function answerBadMessage(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  latest: ServerResponse | undefined,
  cors: CorsHeaders,
): void {
  if (ended.has(socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const answer = late
    ? errorAnswer(408, 'RequestTimeoutException', 'The request did not arrive in time.')
    : errorAnswer(400, 'BadRequestException', 'Invalid HTTP message.');
  endWith(answer, socket, latest, cors);
}

/** CONNECT asks for a tunnel, which this is not. */
export function refuseConnect(socket: Duplex, latest: ServerResponse | undefined, cors: CorsHeaders): void {
  const { message } = notAllowed();
  endWith(errorAnswer(405, 'MethodNotAllowedException', message), socket, latest, cors);
}

function endWith(answer: Answer, socket: Duplex, latest: ServerResponse | undefined, cors: CorsHeaders): void {
  ended.add(socket);
  if (latest && !latest.req.complete && !latest.headersSent) {
    // It is this request's own body that is broken: its turn comes by itself.
    writeAnswer(latest, answer, randomUUID(), cors, true);
    return;
  }
  const end = (): void => {
    socket.end(serialize(answer, cors));
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };
  if (latest && !latest.writableFinished && !latest.destroyed) latest.once('close', end);
  else end();
}

function serialize(answer: Answer, cors: CorsHeaders): string {
  const list = headerList(answer, randomUUID(), cors, true);
  const lines = list.flatMap((item, index) => (index % 2 === 0 ? [`${item}: ${list[index + 1] ?? ''}`] : []));
  return `HTTP/1.1 ${answer.status} ${reasonPhrase(answer.status)}\r\n${lines.join('\r\n')}\r\n\r\n${String(answer.body)}`;
}
