import type { IncomingMessage, ServerResponse } from 'node:http';
import { MarError } from '#errors/mar-error.js';
import { publicTarget } from '#public-source.js';
import { ACCELERATOR_HEADER } from '../../accelerators/accelerated-worker.js';
import type { AccessRecord, Log } from '../../log.js';
import type { Answer } from './answer.js';

/** Characters of an answer that the log quotes. */
const MAX_QUOTED = 500;

/** One request from its arrival to the end of its answer, for the access log. */
export interface Seen {
  /** To be told what is answered. */
  answered(id: string, answer: Answer): void;
}

/** Logs the request when its answer has ended, or its client has gone. */
export function seeRequest(log: Log, request: IncomingMessage, response: ServerResponse): Seen {
  const begun = performance.now();
  const { method = '-', url = '-', httpVersion, headers, socket } = request;
  const client = socket.remoteAddress ?? 'unix';
  let id: string | undefined;
  let bytes = 0;
  let complete = false;
  let emulated: string | undefined;
  let model: string | undefined;
  // An answer that was cut "finishes" too, once its connection is destroyed; so looked at before Node lets go of the connection.
  response.prependOnceListener('finish', () => {
    complete = !socket.destroyed;
  });
  response.once('close', () => {
    const access: AccessRecord = {
      client,
      method,
      target: publicTarget(url),
      protocol: `HTTP/${httpVersion}`,
      bytes,
      userAgent: headers['user-agent'] ?? '-',
      milliseconds: Math.round((performance.now() - begun) * 1000) / 1000,
      complete,
      ...(emulated !== undefined && { emulated }),
    };
    const status = response.headersSent ? response.statusCode : undefined;
    log({
      level: 'info',
      event: 'access',
      message: accessLine(access, status, id),
      access,
      ...(model !== undefined && { model }),
      ...(status !== undefined && { status }),
      ...(id !== undefined && { requests: [id] }),
    });
  });
  return {
    answered: (requestId, { body, headers, model: answering }) => {
      id = requestId;
      model = answering;
      emulated = headers?.find(([name]) => name === ACCELERATOR_HEADER)?.[1];
      bytes = Buffer.byteLength(body);
    },
  };
}

/** `127.0.0.1 "GET /ping HTTP/1.1" 200 26 "curl/8.5.0" 1.2 ms ID`; without a status where the client has gone before. */
function accessLine(access: AccessRecord, status: number | undefined, id = '-'): string {
  const { client, method, target, protocol, bytes, userAgent, milliseconds, complete, emulated } = access;
  const line = `${client} "${quoted(`${method} ${target} ${protocol}`)}" ${status ?? '-'} ${bytes} "${quoted(userAgent)}"`;
  const where = emulated === undefined ? '' : ` (emulated accelerator ${emulated})`;
  return `${line} ${milliseconds.toFixed(1)} ms ${id}${where}${complete ? '' : ' (the client has gone)'}`;
}

function quoted(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}

/** Logs, for whoever looks for his mistake, a request that was answered with 400 to 499. */
export function logMistake(log: Log, request: IncomingMessage, answer: Answer, id: string, error?: unknown): void {
  const { status, body } = answer;
  const known = error instanceof MarError ? error : undefined;
  const said = known?.detail ?? (known ? undefined : String(body).trim().slice(0, MAX_QUOTED));
  const asked = `${request.method ?? ''} ${publicTarget(request.url ?? '')}`;
  log({
    level: 'debug',
    event: 'request-refused',
    message: `Answered ${status} to ${asked}${known ? `: ${known.message}` : ''}`,
    requests: [id],
    status,
    ...(said && { detail: said }),
    ...(known?.hint !== undefined && { hint: known.hint }),
  });
}
