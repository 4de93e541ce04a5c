import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, watch } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Launched, Launcher, WorkerOptions } from '#hosting/worker.js';
import { type Peer, peerPython } from './peers.js';

const MODULES = { mms: 'mms.model_service_worker', torchserve: 'ts.model_service_worker' } as const;
const IO_FD = 'worker';

/** Starts a peer's own worker process behind our front end: a named socket, and a line on stdout that says when to connect. */
export function launchPeer(peer: Peer): Launcher {
  return async (options: WorkerOptions, onSpawn: (child: ChildProcess) => void): Promise<Launched> => {
    const directory = await mkdtemp(join(tmpdir(), 'mar-peer-'));
    const socketPath = join(directory, 'worker.0');
    const child = spawn(peerPython(peer) ?? '', [...workerArguments(peer, options, directory, socketPath)], {
      cwd: options.modelDir,
      env: { ...process.env, PYTHONPATH: options.modelDir, TMPDIR: directory, LOG_LOCATION: directory },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    child.once('exit', () => rm(directory, { recursive: true, force: true }));
    onSpawn(child);
    await started(child);
    const channel = connect(socketPath);
    await once(channel, 'connect');
    const dialect =
      peer === 'mms'
        ? ({ kind: 'mms', ioFd: IO_FD } as const)
        : ({ kind: 'torchserve', envelope: '', limitMaxImagePixels: true } as const);
    // The worker of MMS goes on only when somebody reads its two pipes.
    if (peer === 'mms') child.once('exit', drainPipes(directory));
    return { child, channel, dialect, depth: 1 };
  };
}

function* workerArguments(peer: Peer, options: WorkerOptions, directory: string, socketPath: string): Iterable<string> {
  yield* ['-u', '-m', MODULES[peer], '--sock-type', 'unix', '--sock-name', socketPath];
  if (peer === 'torchserve') {
    yield* ['--metrics-config', metricsConfig()];
    return;
  }
  yield* ['--handler', options.handler, '--model-path', options.modelDir, '--model-name', options.modelName];
  yield* ['--preload-model', 'false', '--tmp-dir', directory];
}

/** TorchServe's own metrics configuration, which its worker cannot do without. */
function metricsConfig(): string {
  const code = 'from importlib.util import find_spec as f; print(f("ts").submodule_search_locations[0])';
  const directory = execFileSync(peerPython('torchserve') ?? '', ['-c', code], { encoding: 'utf8' }).trim();
  return join(directory, 'configs', 'metrics.yaml');
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    let text = '';
    const look = (chunk: Buffer): void => {
      text += chunk;
      if (!text.includes('worker started.')) return;
      child.stdout?.off('data', look);
      resolve();
    };
    child.stdout?.on('data', look);
  });
}

/** Reads the named pipes that the worker makes in its temporary directory; returns how to stop. */
function drainPipes(directory: string): () => void {
  const watcher = watch(directory, (_event, name) => {
    if (name?.startsWith(IO_FD) && /-(stdout|stderr)$/.test(name) && !open.has(name)) {
      open.add(name);
      createReadStream(join(directory, name))
        .on('error', () => {})
        .resume();
    }
  });
  const open = new Set<string>();
  return () => watcher.close();
}
