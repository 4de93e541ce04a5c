import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Peer, peerPython } from '../support/peers.js';

/** A real Multi Model Server or TorchServe with an empty model store, on loopback. */
export interface PeerServer {
  /** Puts an archive into the store, registers it with one worker, sends it one request and unregisters it. */
  attempt(name: string, archive: Buffer): Promise<Attempt>;
  stop(): void;
  /** Base addresses of the two listeners, and the model store. */
  readonly inference: string;
  readonly management: string;
  readonly store: string;
  /** What the server has printed so far, the last megabyte of it. */
  printed(): string;
}

/** What the server did with an archive. */
export interface Attempt {
  /** Registered, with a worker that loaded it. */
  readonly loaded: boolean;
  /** Status of one prediction, when it was loaded. */
  readonly prediction?: number;
  /** The answer to that prediction. */
  readonly body?: string;
  /** The server's own words. */
  readonly answer: string;
}

/** A port below 32767, which the peers insist on. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const probe = createServer();
    const taken = new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(true));
      probe.listen(port, '127.0.0.1', () => resolve(false));
    });
    if (await taken) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

/**
 * Starts a peer in this process group, so that the test runner's guard reaches it, and waits until it says that it has started. `properties` are
 * further lines of its config.properties.
 */
export async function startPeer(
  peer: Peer,
  variables: Readonly<Record<string, string>> = {},
  properties: readonly string[] = [],
): Promise<PeerServer> {
  const python = peerPython(peer);
  if (python === undefined) throw new Error(`${peer} is not installed`);
  const root = mkdtempSync(join(tmpdir(), `mar-${peer}-`));
  const store = join(root, 'store');
  mkdirSync(store);
  const [inference, management, ...more] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const lines = [
    `inference_address=http://127.0.0.1:${inference}`,
    `management_address=http://127.0.0.1:${management}`,
    ...properties,
  ];
  if (peer === 'torchserve')
    lines.push(
      `metrics_address=http://127.0.0.1:${more[0]}`,
      `grpc_inference_port=${more[1]}`,
      `grpc_management_port=${more[2]}`,
      'enable_metrics_api=false',
    );
  const config = join(root, 'config.properties');
  writeFileSync(config, `${lines.join('\n')}\n`);
  const bin = dirname(python);
  const command =
    peer === 'mms'
      ? ['multi-model-server', '--start', '--foreground', '--mms-config', config, '--model-store', store]
      : [
          'torchserve',
          '--start',
          '--foreground',
          '--ncs',
          '--disable-token-auth',
          '--enable-model-api',
          '--ts-config',
          config,
          '--model-store',
          store,
        ];
  const env = {
    ...process.env,
    TMPDIR: root,
    TEMP: root,
    LOG_LOCATION: root,
    METRICS_LOCATION: root,
    PATH: `${bin}:${process.env['PATH']}`,
    ...variables,
  };
  const child = spawn(join(bin, command[0] ?? ''), command.slice(1), {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${peer} cannot be started`);
  const stop = () => {
    for (const one of withDescendants(pid)) killQuietly(one);
    rmSync(root, { recursive: true, force: true });
  };
  process.once('exit', stop);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-1024 * 1024);
    });
  await started(child.stdout, child.stderr, once(child, 'exit'));
  const api = (path: string) => `http://127.0.0.1:${management}${path}`;
  return {
    stop,
    inference: `http://127.0.0.1:${inference}`,
    management: `http://127.0.0.1:${management}`,
    store,
    printed: () => printed,
    async attempt(name, archive) {
      writeFileSync(join(store, name), archive);
      const registered = await fetch(api(`/models?url=${name}&initial_workers=1&synchronous=true`), { method: 'POST' });
      const answer = (await registered.text()).replace(/\s+/g, ' ').trim();
      const listed: { models?: { modelName: string }[] } = (await (await fetch(api('/models'))).json()) as never;
      const model = listed.models?.[0]?.modelName;
      let prediction: { status: number; body: string } | undefined;
      if (registered.status === 200 && model !== undefined) {
        const predicted = await fetch(`http://127.0.0.1:${inference}/predictions/${encodeURIComponent(model)}`, {
          method: 'POST',
          body: 'x',
        });
        prediction = { status: predicted.status, body: await predicted.text() };
      }
      for (const { modelName } of listed.models ?? [])
        await (await fetch(api(`/models/${encodeURIComponent(modelName)}`), { method: 'DELETE' })).arrayBuffer();
      return {
        loaded: registered.status === 200,
        ...(prediction && { prediction: prediction.status, body: prediction.body }),
        answer: `${registered.status} ${answer}`,
      };
    },
  };
}

/** Resolves when either stream says so; rejects with what was printed when the process ends first. */
async function started(
  stdout: NodeJS.ReadableStream,
  stderr: NodeJS.ReadableStream,
  exit: Promise<unknown>,
): Promise<void> {
  let printed = '';
  const ready = new Promise<void>((resolve) => {
    for (const stream of [stdout, stderr])
      stream.on('data', (chunk: Buffer) => {
        printed = (printed + chunk.toString()).slice(-4000);
        if (/Model server started\./.test(printed)) resolve();
      });
  });
  const ended = exit.then(() => {
    throw new Error(`the server ended: ${printed}`);
  });
  await Promise.race([ready, ended]);
}

/** A process and everything below it: the launcher, the JVM and its Python workers. */
function withDescendants(root: number): number[] {
  const listing = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).stdout ?? '';
  const pairs = listing.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const found = [root];
  for (const parent of found)
    for (const [pid, ppid] of pairs) if (ppid === parent && pid !== undefined) found.push(pid);
  return found;
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ESRCH: it is gone already
  }
}
