import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { MarError } from '#errors/mar-error.js';
import type { Log } from '../../log.js';
import type { Answer } from './answer.js';
import type { Dialect } from './dialect.js';
import { reasonPhrase } from './reason.js';
import { type CorsHeaders, headerList, writeAnswer } from './write-answer.js';

/** What a client has to read why its connection ends, in milliseconds. */
const LINGER_MS = 2000;

/** Connections whose end is decided: what else arrives there counts no more. */
const ended = new WeakSet<Duplex>();

/** How a listener ends connections whose messages it cannot take, in the words of its dialect. */
export interface MessageRefusal {
  /** What cannot be read as HTTP, or comes too slowly. Listens to `clientError`. */
  message(error: NodeJS.ErrnoException, socket: Duplex, latest: ServerResponse | undefined): void;
  /** CONNECT asks for a tunnel, which this is not. */
  connect(socket: Duplex, latest: ServerResponse | undefined): void;
}

/** `latest` is the answer to the connection's latest request: whatever is owed up to there is sent first, in order. */
export function messageRefusal(dialect: Dialect, cors: CorsHeaders, log: Log): MessageRefusal {
  const refuse = (error: MarError, socket: Duplex, latest: ServerResponse | undefined): void => {
    const answer = dialect.answerOfError(error, false);
    const { status } = answer;
    // There is no request that an access log could tell of.
    log({ level: 'debug', event: 'request-refused', message: `Answered ${status}: ${error.message}`, status });
    endWith(answer, socket, latest, cors);
  };
  return {
    message: (error, socket, latest) => {
      if (ended.has(socket)) return;
      if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
      else refuse(faultOf(error), socket, latest);
    },
    connect: (socket, latest) => {
      refuse(new MarError('CONNECT is not served here.', { code: 'ERR_METHOD' }), socket, latest);
    },
  };
}

function faultOf(error: NodeJS.ErrnoException): MarError {
  return error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
    ? new MarError('The request did not arrive in time.', { code: 'ERR_REQUEST_LATE' })
    : new MarError('The message is not HTTP.', { code: 'ERR_HTTP_MESSAGE', cause: error });
}

function endWith(answer: Answer, socket: Duplex, latest: ServerResponse | undefined, cors: CorsHeaders): void {
  ended.add(socket);
  if (latest && !latest.req.complete && !latest.headersSent) {
    // It is this request's own body that is broken: its turn comes by itself.
    writeAnswer(latest, answer, randomUUID(), cors, { closing: true });
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
