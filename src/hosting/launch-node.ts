import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { MarError } from '#errors/mar-error.js';
import { FROM_SOURCE, ownModule, PACKAGE_ROOT } from '#own-files.js';
import { contained } from './contain/contain.js';
import { withOwnStdio } from './contain/own-stdio.js';
import type { Launched, WorkerOptions } from './worker.js';

const MAIN = ownModule('worker/main');

/**
 * Descriptors of our workers. The protocol runs over a socket pair (4): nothing to name, nothing to clean up, and each side sees
 * the end of the other. Descriptor 3 carries nothing: its end tells the worker, even a busy one, that this process is gone.
 */
const STDIO = ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] as const;

/** Batches that a worker may have at once: it runs one and prepares the others, which keeps two cores busy with images. */
const DEPTH = 6;

/** Starts our Node worker. */
export async function launchNode(options: WorkerOptions, onSpawn: (child: ChildProcess) => void): Promise<Launched> {
  const command = [process.execPath, ...(FROM_SOURCE ? process.execArgv : []), MAIN];
  const started = options.contain ? await contained(command, options.contain, [options.modelDir]) : command;
  // The worker changes to the model's directory when it loads; flags like `--import tsx` resolve from here.
  const child = spawnWorker(started, options, { cwd: PACKAGE_ROOT, env: nodeEnvironment(options) });
  onSpawn(child);
  return { child, channel: channelOf(child), dialect: { kind: 'mms', ioFd: '' }, depth: DEPTH };
}

/** Spawns the process of a worker, as the leader of a group of its own. */
export function spawnWorker(
  [program = '', ...args]: readonly string[],
  { contain }: Pick<WorkerOptions, 'contain'>,
  options: Pick<SpawnOptions, 'cwd' | 'env'>,
): ChildProcess {
  const start = (stdio: NonNullable<SpawnOptions['stdio']>): ChildProcess =>
    spawn(program, args, { ...options, stdio, detached: true });
  return contain ? withOwnStdio(STDIO, start) : start([...STDIO]);
}

/** The environment of a worker: the given one, where its manifest lies, how large an answer may be, and the thread count where it is asked for. */
export function nodeEnvironment({
  env = process.env,
  threads,
  manifestPath,
  maxResponseBytes,
}: WorkerOptions): NodeJS.ProcessEnv {
  return {
    ...env,
    MAR_MANIFEST: manifestPath,
    ...(maxResponseBytes !== undefined && { MAR_MAX_RESPONSE: String(maxResponseBytes) }),
    ...(threads !== undefined && { OMP_NUM_THREADS: String(threads) }),
  };
}

/** The parent's end of the worker protocol. */
export function channelOf(child: ChildProcess): Duplex {
  // After a failed spawn there is no list at all.
  const channel = child.pid === undefined ? undefined : child.stdio[4];
  if (channel instanceof Duplex) return channel;
  throw new MarError(
    'The worker process could not be started: the system refused it (descriptors or processes are used up).',
    {
      code: 'ERR_WORKER_DIED',
    },
  );
}
