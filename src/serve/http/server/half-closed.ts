import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** After which time the second probe follows the first, in milliseconds: what the first one provokes has come by then. */
const SECOND_PROBE_MS = 100;

/**
 * Lets clients that have closed their sending side alone have their answers. Who closes the whole connection looks just like that at
 * first: the system only tells by refusing what is sent to him. So "100 Continue" is sent, which every client of HTTP/1.1 has to pass
 * over, twice, since the first one's refusal shows with the second. `latest` is the answer to the connection's latest request.
 */
export function serveHalfClosed(server: Server, latest: (socket: Duplex) => ServerResponse | undefined): void {
  // Of http alone: the end of a TLS connection is that of both sides.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('connection', (socket: Duplex) => {
    socket.once('end', () => {
      const response = latest(socket);
      if (!response || !probe(response)) return;
      const timer = setTimeout(() => probe(response), SECOND_PROBE_MS);
      response.once('close', () => clearTimeout(timer));
    });
  });
}

function probe(response: ServerResponse): boolean {
  const { req: request, headersSent, destroyed } = response;
  if (headersSent || destroyed || !request.complete || request.httpVersionMinor === 0) return false;
  response.writeContinue();
  return true;
}
