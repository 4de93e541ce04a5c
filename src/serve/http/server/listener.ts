import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { MarError } from '#errors/mar-error.js';
import { isArriving } from '../body/read-body.js';
import { UnfinishedBodies } from '../body/unfinished-bodies.js';
import { acceptRequest } from './accept.js';
import type { Answer } from './answer.js';
import { messageRefusal } from './bad-message.js';
import type { Dialect } from './dialect.js';
import type { Apis, RouteContext } from './exchange.js';
import { serveHalfClosed } from './half-closed.js';
import { dropIdleReader } from './idle-reader.js';
import { asksReadiness } from './readiness-answer.js';
import { MAX_HEADERS, MAX_LINE } from './request-head.js';
import type { CreateServer } from './tls.js';
import { logMistake, seeRequest } from './traffic.js';
import { corsHeaders, writeAnswer } from './write-answer.js';

export interface ListenerOptions {
  readonly dialect: Dialect;
  readonly apis: Apis;
  /** Plain http when absent. */
  readonly createServer?: CreateServer;
  /** Shared by the listeners of a server. */
  readonly bodies?: UnfinishedBodies;
}

/** An HTTP server for one or both APIs; not listening yet. */
export function createListener(context: RouteContext, options: ListenerOptions): Server {
  const cors = corsHeaders(context.settings);
  const bodies = options.bodies ?? new UnfinishedBodies(context.settings.maxUnfinishedSize);
  const accepting = { dialect: options.dialect, apis: options.apis, bodies };
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
  // Node would drop those behind the first thousand without a word, and with them what guards and handlers look for; their bytes are limited.
  server.maxHeadersCount = 0;
  const latest = new WeakMap<Duplex, ServerResponse>();
  if (!options.createServer) serveHalfClosed(server, (socket) => latest.get(socket));
  const receive = (request: IncomingMessage, response: ServerResponse, asksToContinue: boolean): void => {
    latest.set(request.socket, response);
    const seen = context.settings.accessLog ? seeRequest(context.log, request, response) : undefined;
    const write = (answer: Answer, id: string, error?: unknown): void => {
      // Who waits for 100 and does not get it sends nothing.
      const arriving = isArriving(request) && !(asksToContinue && request.readableFlowing === null);
      writeAnswer(response, answer, id, cors, { closing: !server.listening || context.readiness.ended, arriving });
      seen?.answered(id, answer);
      if (answer.status >= 400 && answer.status < 500) logMistake(context.log, request, answer, id, error);
      if (response.writableLength > 0)
        dropIdleReader(response, sendTimeoutSeconds * 1000, () => logIdleReader(context));
    };
    const answer = (): void => acceptRequest(context, accepting, { request, response, asksToContinue, write });
    if (context.readiness.holding && !asksReadiness(request.url)) {
      context.readiness.hold(() => {
        if (!response.destroyed && !response.headersSent) answer();
      });
    } else answer();
  };
  server.on('request', (request, response) => receive(request, response, false));
  server.on('checkContinue', (request, response) => receive(request, response, true));
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    response.sendDate = false;
    const refusal = new MarError('Expect can only be 100-continue.', { code: 'ERR_EXPECTATION' });
    const [answer, id] = [options.dialect.answerOfError(refusal, false), randomUUID()];
    if (context.settings.accessLog) seeRequest(context.log, request, response).answered(id, answer);
    writeAnswer(response, answer, id, cors, { closing: true });
    logMistake(context.log, request, answer, id, refusal);
  });
  const refuse = messageRefusal(options.dialect, cors, context.log);
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => refuse.connect(socket, latest.get(socket)));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuse.message(error, socket, latest.get(socket)));
  return server;
}

function logIdleReader({ log, settings }: RouteContext): void {
  const message = `A client took nothing of its answer for ${settings.sendTimeoutSeconds} s and was dropped`;
  log({ level: 'warn', event: 'reader-dropped', message, hint: 'Raise send_timeout.' });
}
