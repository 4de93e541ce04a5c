import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { MarError, messageOf } from '#errors/mar-error.js';
import type { ServerSettings } from '#serve/config/settings.js';
import { listen } from '#serve/http/server/address.js';
import type { Dialect, Route } from '#serve/http/server/dialect.js';
import type { HttpRequest, RequestHead, RouteContext } from '#serve/http/server/exchange.js';
import { createListener, type ListenerOptions } from '#serve/http/server/listener.js';
import type { LogEvent } from '#serve/log.js';
import { ModelManager } from '#serve/models/model-manager.js';
import { Readiness } from '#serve/models/readiness.js';
import { settingsOf } from './settings.js';

const STATUS: Readonly<Record<string, number>> = {
  ERR_HTTP_MESSAGE: 400,
  ERR_TOKEN: 401,
  ERR_METHOD: 405,
  ERR_REQUEST_LATE: 408,
  ERR_EXPECTATION: 417,
  ERR_CONTENT_ENCODING: 415,
  ERR_BODY_ENCODING: 400,
  ERR_BODIES: 503,
};

/**
 * A dialect of one route, which `admit` may refuse by the head of the request; it says an error with its message, its status or 500,
 * and whether details were wanted.
 */
export function dialectOf(route: Route, admit: (head: RequestHead) => void = () => {}): Dialect {
  return {
    route: (_context, _apis, head) => {
      admit(head);
      return route;
    },
    answerOfError: (error, withDetail) => ({
      status: (error instanceof MarError && STATUS[error.code]) || 500,
      contentType: 'text/plain',
      body: `${messageOf(error)}${withDetail ? ' (in detail)' : ''}`,
    }),
  };
}

/** A listener on loopback, and what it was asked and logged. */
export interface Listening {
  readonly url: string;
  readonly server: Server;
  readonly context: RouteContext;
  /** Requests that reached the route, oldest first. */
  readonly asked: readonly HttpRequest[];
  readonly log: readonly LogEvent[];
  /** The server's side of its connections. */
  readonly sockets: readonly Socket[];
  /** Resolves with the first logged event of this name. */
  logged(event: string): Promise<LogEvent>;
}

export interface ListeningOptions extends Partial<Omit<ListenerOptions, 'dialect'>> {
  readonly route?: Route;
  /** Throws what a request is refused with by its head. */
  readonly admit?: (head: RequestHead) => void;
  readonly settings?: Partial<ServerSettings>;
  /** The start is not over: requests are held until the readiness is opened. */
  readonly holding?: boolean;
}

/** Uses a listener whose route answers `fine` unless told otherwise, and takes it down with all its connections. */
export async function withListener(
  { route = () => ({ status: 200, body: 'fine' }), admit, settings, holding = false, ...options }: ListeningOptions,
  use: (listening: Listening) => Promise<void>,
): Promise<void> {
  const log: LogEvent[] = [];
  const hearers = new Set<() => void>();
  const onLog = (event: LogEvent): void => {
    log.push(event);
    for (const hear of hearers) hear();
  };
  const whole = await settingsOf({ sendTimeoutSeconds: 0, ...settings });
  const nothing = (): Promise<never> => Promise.reject(new Error('there are no models here'));
  const manager = new ModelManager({ settings: whole, store: { open: nothing }, startWorker: nothing, log: onLog });
  const context: RouteContext = {
    manager,
    readiness: new Readiness(manager),
    settings: whole,
    log: onLog,
    managementToken: () => undefined,
  };
  if (!holding) context.readiness.open();
  const asked: HttpRequest[] = [];
  const dialect = dialectOf((request) => {
    asked.push(request);
    return route(request);
  }, admit);
  const server = createListener(context, { apis: { inference: true, management: true }, ...options, dialect });
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket));
  const url = await listen(server, { kind: 'tcp', tls: false, host: '127.0.0.1', port: 0 });
  const logged = (name: string): Promise<LogEvent> =>
    new Promise((resolve) => {
      const hear = (): void => {
        const event = log.find((one) => one.event === name);
        if (!event) return;
        hearers.delete(hear);
        resolve(event);
      };
      hearers.add(hear);
      hear();
    });
  try {
    await use({ url, server, context, asked, log, sockets, logged });
  } finally {
    if (server.listening) server.close();
    server.closeAllConnections();
    if (server.listening) await once(server, 'close');
  }
}
