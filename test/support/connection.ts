import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A client's connection of which a test sends every byte itself. */
export interface Connection {
  readonly socket: Socket;
  /** Sends bytes. */
  send(bytes: string | Buffer): void;
  /** Everything that came so far, as soon as it holds the text. Rejects when the connection ends before. */
  until(text: string): Promise<string>;
  /** Everything that came until the server ended the connection. */
  rest(): Promise<string>;
}

/** Connects to the port of a URL. */
export async function connection(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let received = '';
  socket.setEncoding('latin1');
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  socket.on('data', (chunk) => {
    received += chunk;
  });
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    until: async (text) => {
      while (!received.includes(text)) {
        const ended = await Promise.race([once(socket, 'data').then(() => false), closed.then(() => true)]);
        if (ended && !received.includes(text)) throw new Error(`the connection ended before "${text}": ${received}`);
      }
      return received;
    },
    rest: async () => {
      await closed;
      return received;
    },
  };
}

/** A header of every request by hand, and the one that ends its connection. */
export const HOST = 'Host: x\r\n';
export const CLOSE = 'Connection: close\r\n';

/** The statuses of the answers, in their order. */
export function statuses(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
}

/** Sends bytes and returns everything that comes until the server ends the connection. */
export async function exchange({ url }: { readonly url: string }, bytes: string): Promise<string> {
  const client = await connection(url);
  client.send(bytes);
  return client.rest();
}
