import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { MarError, messageOf } from '#errors/mar-error.js';
import { bodyDecoder, decodedHeaders, refuseTransferEncoding } from '../body/content-encoding.js';
import { announcesMore, readBody } from '../body/read-body.js';
import type { RequestBody } from '../body/request-body.js';
import type { UnfinishedBodies } from '../body/unfinished-bodies.js';
import type { Answer } from './answer.js';
import type { Dialect, Route } from './dialect.js';
import type { Apis, HttpRequest, RequestHead, RouteContext } from './exchange.js';
import { asksReadiness, readinessAnswer } from './readiness-answer.js';
import { requestHead } from './request-head.js';

/** What a listener takes requests with. */
export interface AcceptOptions {
  readonly dialect: Dialect;
  readonly apis: Apis;
  readonly bodies: UnfinishedBodies;
}

/** One request and the way to its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The client waits for 100 before it sends the body. */
  readonly asksToContinue: boolean;
  /** Sends the answer, logged with the error that it tells. */
  readonly write: (answer: Answer, id: string, error?: unknown) => void;
}

/**
 * Takes one request. Whatever its head is enough to refuse it for is refused before a byte of its body is read: route, method,
 * token, model, encoding, announced length. Only then a waiting client hears that it may send.
 */
export function acceptRequest(
  context: RouteContext,
  options: AcceptOptions,
  { request, response, asksToContinue, write }: Exchange,
): void {
  const id = randomUUID();
  const { errorDetail, maxRequestSize: limit } = context.settings;
  response.sendDate = false;
  const fail = (error: unknown): void => {
    if (!(error instanceof MarError))
      context.log({ level: 'error', event: 'internal-error', message: messageOf(error) });
    // The refusal may be written already, as for a body that comes too late, and wait for its turn.
    if (!response.headersSent) write(options.dialect.answerOfError(error, errorDetail), id, error);
  };
  const send = (answer: Answer): void => {
    if (!response.destroyed) write(answer, id);
  };
  try {
    const head = requestHead(id, request);
    const route = routeOf(context, options, head);
    refuseTransferEncoding(request.headers['transfer-encoding']);
    const decoder = bodyDecoder(request.headers['content-encoding']);
    if (announcesMore(request, limit)) {
      logSize(context);
      refuseSize(request, response, true);
      return;
    }
    if (asksToContinue) response.writeContinue();
    readBody(
      request,
      { limit, decoder, bodies: options.bodies },
      {
        done: (body) => {
          if (response.headersSent) return;
          try {
            const rawHeaders = decoder ? decodedHeaders(head.rawHeaders, body.length) : head.rawHeaders;
            const answer = route(wholeRequest(head, rawHeaders, body, response));
            if (answer instanceof Promise) answer.then(send).catch(fail);
            else send(answer);
          } catch (error) {
            fail(error);
          }
        },
        tooLarge: () => {
          if (response.headersSent) return;
          logSize(context);
          refuseSize(request, response, false);
        },
        failed: fail,
      },
    );
  } catch (error) {
    fail(error);
  }
}

function routeOf(context: RouteContext, { dialect, apis }: AcceptOptions, head: RequestHead): Route {
  if (asksReadiness(head.target.path)) return () => readinessAnswer(context.readiness);
  if (context.readiness.ended) throw new MarError('The server is shutting down.', { code: 'ERR_CLOSING' });
  return dialect.route(context, apis, head);
}

function wholeRequest(
  { id, method, target, contentType }: RequestHead,
  rawHeaders: readonly string[],
  body: RequestBody,
  response: ServerResponse,
): HttpRequest {
  return {
    id,
    method,
    target,
    contentType,
    rawHeaders,
    body,
    onDisconnect: (callback: () => void) => {
      response.once('close', () => {
        if (!response.writableFinished) callback();
      });
    },
  };
}

function logSize({ log, settings }: RouteContext): void {
  const message = `A request was refused with 413: it has more than ${settings.maxRequestSize} bytes`;
  log({ level: 'warn', event: 'request-too-large', message, hint: 'Raise max_request_size.' });
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
