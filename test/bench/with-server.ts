import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that answers as it likes, and the URL of a model there. */
export async function withServer(
  listener: RequestListener,
  use: (url: string, server: ReturnType<typeof createServer>) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => listener(request, response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/invocations`, server);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
