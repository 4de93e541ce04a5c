import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { type Answer, errorAnswer } from './answer.js';
import { notAllowed } from './not-found.js';
import { reasonPhrase } from './reason.js';
import { type CorsHeaders, headerList } from './write-answer.js';

/** What cannot be read as HTTP is answered with 400 (too slow: 408) and the connection ends. Listens to `clientError`. */
export function answerBadMessage(error: NodeJS.ErrnoException, socket: Duplex, cors: CorsHeaders): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const answer = late
    ? errorAnswer(408, 'RequestTimeoutException', 'The request did not arrive in time.')
    : errorAnswer(400, 'BadRequestException', 'Invalid HTTP message.');
  socket.end(serialize(answer, cors));
}

/** CONNECT asks for a tunnel, which this is not. */
export function refuseConnect(socket: Duplex, cors: CorsHeaders): void {
  const { message } = notAllowed();
  socket.end(serialize(errorAnswer(405, 'MethodNotAllowedException', message), cors));
}

function serialize(answer: Answer, cors: CorsHeaders): string {
  const list = headerList(answer, randomUUID(), cors, true);
  const lines = list.flatMap((item, index) => (index % 2 === 0 ? [`${item}: ${list[index + 1] ?? ''}`] : []));
  return `HTTP/1.1 ${answer.status} ${reasonPhrase(answer.status)}\r\n${lines.join('\r\n')}\r\n\r\n${String(answer.body)}`;
}
