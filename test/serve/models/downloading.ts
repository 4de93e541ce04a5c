import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DownloadOptions, downloadModel } from '#serve/models/download.js';

/** Everything is allowed, and no login is known. */
export const OPTIONS: DownloadOptions = {
  maxSize: 1000,
  allowedUrls: [],
  idleMs: 5000,
  env: { NETRC: '/dev/null' },
  signal: new AbortController().signal,
};

/** What a web server of a test does with a request. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves on loopback while `use` runs; `tunnel` sees the CONNECT requests of a proxy. */
export async function withWeb(
  listener: Listener,
  use: (url: string) => Promise<void>,
  tunnel?: (target: string) => void,
) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    tunnel?.(request.url ?? '');
    socket.destroy();
  });
  await once(server, 'listening');
  const address = server.address();
  try {
    await use(`http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Runs with these variables in the environment, and with the proxy variables of the machine out of it. */
export async function withVariables(
  variables: Readonly<Record<string, string>>,
  use: () => Promise<void>,
): Promise<void> {
  const names = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]);
  const before = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) delete process.env[name];
  Object.assign(process.env, variables);
  try {
    await use();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** The text that is downloaded from a URL. */
export async function download(url: string, options: Partial<DownloadOptions> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mar-download-'));
  try {
    await downloadModel(url, join(folder, 'x.mar'), { ...OPTIONS, ...options });
    return await readFile(join(folder, 'x.mar'), 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}
