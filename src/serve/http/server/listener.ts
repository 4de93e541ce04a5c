import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { MarError, messageOf } from '#errors/mar-error.js';
import type { Answer } from './answer.js';
import { messageRefusal } from './bad-message.js';
import type { Dialect } from './dialect.js';
import type { Apis, HttpRequest, RouteContext } from './exchange.js';
import { dropIdleReader } from './idle-reader.js';
import { parseTarget } from './query.js';
import { announcesMore, readBody } from './read-body.js';
import { asksReadiness, readinessAnswer } from './readiness-answer.js';
import type { CreateServer } from './tls.js';
import { logMistake, seeRequest } from './traffic.js';
import { corsHeaders, writeAnswer } from './write-answer.js';

/** Bytes of a request line and of all headers together, as in Multi Model Server (Netty's defaults). */
const MAX_LINE = 4096;
const MAX_HEADERS = 8192;

export interface ListenerOptions {
  readonly dialect: Dialect;
  readonly apis: Apis;
  /** Plain http when absent. */
  readonly createServer?: CreateServer;
  /** Lets a request through, or throws what it is refused with. */
  readonly guard?: (request: IncomingMessage) => void;
}

/** An HTTP server for one or both APIs; not listening yet. */
export function createListener(context: RouteContext, options: ListenerOptions): Server {
  const cors = corsHeaders(context.settings);
  const { keepAliveTimeoutSeconds, requestTimeoutSeconds, sendTimeoutSeconds } = context.settings;
  const server = (options.createServer ?? createServer)({
    maxHeaderSize: MAX_LINE + MAX_HEADERS,
    keepAliveTimeout: keepAliveTimeoutSeconds * 1000,
    requestTimeout: requestTimeoutSeconds * 1000,
    headersTimeout: Math.min(20, requestTimeoutSeconds) * 1000,
    connectionsCheckingInterval: 1000,
    requireHostHeader: false,
    noDelay: true,
  });
  const latest = new WeakMap<Duplex, ServerResponse>();
  const receive = (request: IncomingMessage, response: ServerResponse): void => {
    latest.set(request.socket, response);
    const seen = context.settings.accessLog ? seeRequest(context.log, request, response) : undefined;
    const write = (answer: Answer, id: string, error?: unknown): void => {
      writeAnswer(response, answer, id, cors, !server.listening);
      seen?.answered(id, answer);
      if (answer.status >= 400 && answer.status < 500) logMistake(context.log, request, answer, id, error);
      if (response.writableLength > 0)
        dropIdleReader(response, sendTimeoutSeconds * 1000, () => logIdleReader(context));
    };
    const answer = (): void => accept(context, options, write, request, response);
    if (context.readiness.holding && !asksReadiness(request.url)) {
      context.readiness.hold(() => {
        if (!response.destroyed && !response.headersSent) answer();
      });
    } else answer();
  };
  server.on('request', receive);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!announcesMore(request, context.settings.maxRequestSize)) response.writeContinue();
    receive(request, response);
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    response.sendDate = false;
    const refusal = new MarError('Expect can only be 100-continue.', { code: 'ERR_EXPECTATION' });
    const [answer, id] = [options.dialect.answerOfError(refusal, false), randomUUID()];
    if (context.settings.accessLog) seeRequest(context.log, request, response).answered(id, answer);
    writeAnswer(response, answer, id, cors, true);
    logMistake(context.log, request, answer, id, refusal);
  });
  const refuse = messageRefusal(options.dialect, cors, context.log);
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => refuse.connect(socket, latest.get(socket)));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuse.message(error, socket, latest.get(socket)));
  return server;
}

function accept(
  context: RouteContext,
  options: ListenerOptions,
  write: (answer: Answer, id: string, error?: unknown) => void,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const id = randomUUID();
  const { errorDetail, maxRequestSize } = context.settings;
  response.sendDate = false;
  const fail = (error: unknown): void => {
    if (!(error instanceof MarError))
      context.log({ level: 'error', event: 'internal-error', message: messageOf(error) });
    write(options.dialect.answerOfError(error, errorDetail), id, error);
  };
  const send = (answer: Answer): void => {
    if (!response.destroyed) write(answer, id);
  };
  if (announcesMore(request, maxRequestSize)) {
    logSize(context);
    refuseSize(request, response, true);
    return;
  }
  readBody(request, maxRequestSize, (body) => {
    // The rest of a body that came too late: the refusal is written already and waits for its turn.
    if (response.headersSent) return;
    if (body === undefined) {
      logSize(context);
      refuseSize(request, response, false);
      return;
    }
    try {
      options.guard?.(request);
      const answer = answerOf(context, options, requestOf(id, request, response, body));
      if (answer instanceof Promise) answer.then(send).catch(fail);
      else send(answer);
    } catch (error) {
      fail(error);
    }
  });
}

function answerOf(context: RouteContext, { dialect, apis }: ListenerOptions, request: HttpRequest) {
  return asksReadiness(request.target.path)
    ? readinessAnswer(context.readiness)
    : dialect.route(context, apis, request);
}

function requestOf(id: string, request: IncomingMessage, response: ServerResponse, body: Buffer) {
  const url = request.url ?? '/';
  const { rawHeaders } = request;
  const lineLength = (request.method?.length ?? 0) + url.length + ' HTTP/1.1'.length + 1;
  if (lineLength > MAX_LINE || headerBytes(rawHeaders) > MAX_HEADERS) {
    throw new MarError(`The request line or the headers are longer than ${MAX_LINE} and ${MAX_HEADERS} bytes.`, {
      code: 'ERR_HTTP_MESSAGE',
    });
  }
  return {
    id,
    method: request.method ?? 'GET',
    target: parseTarget(url),
    rawHeaders,
    contentType: request.headers['content-type'] ?? '',
    body,
    onDisconnect: (callback: () => void) => {
      response.once('close', () => {
        if (!response.writableFinished) callback();
      });
    },
  };
}

function headerBytes(rawHeaders: readonly string[]): number {
  let bytes = 0;
  for (const text of rawHeaders) bytes += text.length + 2;
  return bytes;
}

function logSize({ log, settings }: RouteContext): void {
  const message = `A request was refused with 413: it has more than ${settings.maxRequestSize} bytes`;
  log({ level: 'warn', event: 'request-too-large', message, hint: 'Raise max_request_size.' });
}

function logIdleReader({ log, settings }: RouteContext): void {
  const message = `A client took nothing of its answer for ${settings.sendTimeoutSeconds} s and was dropped`;
  log({ level: 'warn', event: 'reader-dropped', message, hint: 'Raise send_timeout.' });
}

/** Too large a body: an empty 413. An announced one is read to its end and the connection goes on; an endless one is cut. */
function refuseSize(request: IncomingMessage, response: ServerResponse, announced: boolean): void {
  response.removeHeader('connection');
  response.writeHead(413, 'Request Entity Too Large', ['content-length', '0']);
  if (announced && Number(request.headers['content-length']) < 2 ** 28) {
    response.end();
    return;
  }
  response.shouldKeepAlive = false;
  response.end(() => request.destroy());
}
