import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LogEvent, type ServeOptions, type Server, serve } from '#index.js';

/** A server of the code under test, with models whose handlers exist only for one test. */
export interface Runner extends Server {
  /** The folder that serves as model store; `NAME` below it is the model NAME. */
  readonly store: string;
  /** Everything logged so far. */
  readonly log: readonly LogEvent[];
  /** The names below the directory that runs are made in: empty after `close`. */
  leftovers(): Promise<string[]>;
  predict(model: string, body?: string | Buffer, init?: RequestInit): Promise<Response>;
  manage(method: string, path: string): Promise<Response>;
}

/** Handler code by model name: JavaScript whose `handle(batch, context)` is called, or Python where the name ends in `.py`. */
export type Handlers = Readonly<Record<string, string>>;

/** Starts a server with these models, `config.properties` and files beside it, uses it, and takes everything down. */
export async function withRunner(
  handlers: Handlers,
  use: (runner: Runner) => Promise<void>,
  {
    properties = '',
    files = {},
    ...options
  }: ServeOptions & { readonly properties?: string; readonly files?: Handlers } = {},
): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'mar-runner-'));
  const store = join(root, 'store');
  const tempDir = join(root, 'tmp');
  await mkdir(tempDir);
  await mkdir(store);
  for (const [name, text] of Object.entries({ ...files, 'config.properties': properties }))
    await writeFile(join(root, name), text);
  const log: LogEvent[] = [];
  try {
    for (const [name, code] of Object.entries(handlers)) await writeModel(store, name, code);
    const server = await serve({
      modelStore: store,
      inferenceAddress: 'http://127.0.0.1:0',
      managementAddress: 'http://127.0.0.1:0',
      cwd: root,
      tempDir,
      onLog: (event) => log.push(event),
      ...options,
    });
    const runner: Runner = {
      ...server,
      store,
      log,
      leftovers: () => readdir(tempDir),
      predict: (model, body = '', init = {}) =>
        fetch(`${server.inferenceUrl}/predictions/${model}`, { method: 'POST', body, ...init }),
      manage: (method, path) => fetch(`${server.managementUrl}${path}`, { method }),
    };
    try {
      await use(runner);
    } finally {
      await server.close();
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Writes a model directory; a name ending in `.py` makes a Python model without that ending. */
export async function writeModel(store: string, name: string, code: string): Promise<void> {
  const python = name.endsWith('.py');
  const modelName = python ? name.slice(0, -3) : name;
  const dir = join(store, modelName);
  await mkdir(join(dir, 'MAR-INF'), { recursive: true });
  const manifest = {
    runtime: python ? 'python' : 'nodejs',
    model: { modelName, handler: 'service:handle' },
    specificationVersion: '1.0',
  };
  await writeFile(join(dir, 'MAR-INF', 'MANIFEST.json'), JSON.stringify(manifest));
  await writeFile(join(dir, python ? 'service.py' : 'service.mjs'), code);
}

/** Sends bytes over one connection and returns everything that comes back until the server ends it. */
export async function exchange(url: string, ...pieces: readonly (string | Buffer)[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => {
    received += chunk;
  });
  socket.on('error', () => {});
  for (const piece of pieces) socket.write(piece);
  await once(socket, 'close');
  return received;
}
