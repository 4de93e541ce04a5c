import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { Archive } from '#archive/archive.js';
import { extractArchive } from '#archive/extract.js';
import { openArchive } from '#archive/open.js';
import type { ReadProgress } from '#archive/watched.js';
import type { ContainWhen, RunSeen } from '#conventions/run-seen.js';
import { MarError } from '#errors/mar-error.js';
import { allowedEnvironment, CONTAINMENT_FILES, cannotContain } from '#hosting/contain/contain.js';
import { installModelRequirements } from '#hosting/install-requirements.js';
import { makeRunDirectory, type RunDirectory } from '#hosting/run-directory.js';
import type { Worker, WorkerLine } from '#hosting/worker.js';
import { workerEnvironment } from '#hosting/worker-environment.js';
import { WorkerHandle } from '#hosting/worker-handle.js';
import { BRIDGE } from '#manifest/bridge.js';
import { notPacked } from '#manifest/not-packed.js';
import { type FoundManifest, findManifest } from '#manifest/read-manifest.js';
import { type SoundManifest, soundManifest } from '#manifest/refuse.js';
import { programsOf } from './processes.js';
import { listed, watchRun } from './watch-run.js';

export interface LocalModelOptions {
  /** Threads of the inference library; OMP_NUM_THREADS or all cores without it. */
  readonly threads?: number;
  /** Python interpreter for archives with a Python handler. */
  readonly python?: string;
  /** Installs the requirements of a Python archive in a cached virtual environment first. */
  readonly installRequirements?: boolean;
  /** How long the model may take to load, and each answer, in milliseconds; default 120,000. */
  readonly timeoutMs?: number;
  /** Runs a bridged archive as the servers do: in Python, which starts Node. */
  readonly onServers?: boolean;
  /** Each line that the handler prints. */
  readonly onLine?: (line: WorkerLine) => void;
  readonly signal?: AbortSignal;
  /** Keeps the worker in, and watches it; without it the archive runs with this user's rights and environment. */
  readonly contain?: ContainOptions;
  /** Hears what a worker that is not kept in did beside answering, when the run is over or has failed. */
  readonly onSeen?: (seen: Omit<RunSeen, 'uncontained'>) => void;
  /** Hears how far the unpacking is. */
  readonly onRead?: (progress: ReadProgress) => void;
}

/** How a foreign archive is run. */
export interface ContainOptions {
  /** `auto`: in namespaces of its own where the system grants them; `always`: else `ERR_UNCONTAINED`; `never`: with the allow list of variables alone. */
  readonly when: ContainWhen;
  /** Limit of each process's data memory in MiB, where it is contained. */
  readonly memoryMb?: number;
  /** Variables that the worker sees beside those of the allow list. */
  readonly env?: readonly string[];
  /** Hears once what was seen, when the run is over or has failed. */
  readonly onSeen?: (seen: RunSeen) => void;
}

/** An archive whose model is loaded in one worker, without a server. */
export interface LocalModel {
  readonly archive: Archive;
  readonly modelName: string;
  readonly worker: Worker;
}

/** How long loading, and each answer, may take unless told otherwise. */
export const TIMEOUT_MS = 120_000;

/**
 * Loads an archive (file or directory) in a worker, as the server would, lends it to `use`, and leaves no process and no file
 * behind. An abort of the signal is thrown as its reason.
 */
export async function withLocalModel<T>(
  source: string,
  options: LocalModelOptions,
  use: (model: LocalModel) => Promise<T>,
): Promise<T> {
  const archive = await openArchive(source, options);
  try {
    const found = await findManifest(archive);
    const manifest = asRun(await sound(found, source), options);
    const run = await makeRunDirectory();
    try {
      // A directory in that of the run: whoever is kept in owns it, and could otherwise open its way to other users.
      const place = join(run.path, 'kept');
      await mkdir(place);
      const directory = await unpackedArchive(archive, source, place, options.signal);
      const modelDir = join(directory, found.modelDir);
      const kept = await keptIn(place, run.mark, options, manifest.handler === BRIDGE.handler);
      const started = { ...(await workerOptions(manifest, modelDir, options, run.mark)), ...kept?.options };
      const own = options.contain ? allowedEnvironment(started.env, options.contain.env) : started.env;
      const env = { ...own, ...kept?.env };
      let pid: number | undefined;
      try {
        const worker = await WorkerHandle.start({ ...started, env });
        try {
          pid = worker.pid;
          return await use({ archive, modelName: manifest.modelName, worker });
        } finally {
          await kept?.tell(pid);
          await worker.stop();
        }
      } finally {
        if (pid === undefined) await kept?.tell();
      }
    } finally {
      await run.remove();
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    throw tooSlow(error, options.timeoutMs ?? TIMEOUT_MS);
  } finally {
    await archive.close();
  }
}

/** What keeps a worker in where that is asked for, and tells at the end what was seen; undefined where nobody asks for either. */
async function keptIn(
  directory: string,
  mark: RunDirectory['mark'],
  { contain, onSeen: heard }: LocalModelOptions,
  throughBridge: boolean,
) {
  if (contain === undefined && heard === undefined) return undefined;
  const { when, memoryMb, onSeen = heard } = contain ?? { when: 'never' };
  const obstacle = when === 'never' ? 'it was switched off' : await cannotContain();
  if (obstacle !== undefined && when === 'always')
    throw new MarError(`The archive cannot be run contained: ${obstacle}.`, { code: 'ERR_UNCONTAINED' });
  const temporary = join(directory, 'tmp');
  await mkdir(temporary);
  const watch = await watchRun(directory, CONTAINMENT_FILES);
  return {
    options:
      obstacle === undefined ? { contain: { run: directory, ...(memoryMb !== undefined && { memoryMb }) } } : undefined,
    env: { ...watch.env, TMPDIR: temporary },
    tell: async (pid?: number) => {
      const programs = pid === undefined ? [] : await programsOf(pid, obstacle === undefined ? 'contained' : mark);
      const seen = { ...(await watch.seen()), processes: listed(programs) };
      const own = throughBridge ? withoutBridge(seen) : seen;
      const unlimited = memoryMb === undefined ? '' : '; its memory is not limited either';
      onSeen?.({ ...own, ...(obstacle !== undefined && { uncontained: `${obstacle}${unlimited}` }) });
    },
  };
}

/** Without what the bridge does: it asks a Node for its version and starts it again as the worker, which is its only child. */
function withoutBridge({ processes, actions, ...rest }: Omit<RunSeen, 'uncontained'>): Omit<RunSeen, 'uncontained'> {
  return {
    ...rest,
    processes: processes.slice(1),
    actions: actions.filter((action) => !/^starts \S+ \(2 times\)$/.test(action)),
  };
}

/** The limit here is that of the call, not a setting of a server. */
function tooSlow(error: unknown, timeoutMs: number): unknown {
  if (!(error instanceof MarError) || error.code !== 'ERR_WORKER_TIMEOUT') return error;
  const { message, detail, cause } = error;
  return new MarError(message, {
    code: error.code,
    hint: `Loading, and each answer, may take ${timeoutMs / 1000} s: give it longer with --timeout SECONDS (mar predict, mar test).`,
    ...(detail !== undefined && { detail }),
    cause,
  });
}

/** What a server would register loads here too; of a directory that nobody has packed it says so. */
async function sound(found: FoundManifest, source: string): Promise<SoundManifest> {
  try {
    return soundManifest(found, source);
  } catch (error) {
    throw (await notPacked(source, source)) ?? error;
  }
}

async function workerOptions(
  { modelName, handler, runtime, requirementsFile, manifestPath }: SoundManifest,
  modelDir: string,
  options: LocalModelOptions,
  mark: RunDirectory['mark'],
) {
  const {
    timeoutMs: startupTimeoutMs = TIMEOUT_MS,
    installRequirements,
    contain: _,
    onSeen: __,
    onServers = false,
    ...rest
  } = options;
  const threads = options.threads ?? (process.env['OMP_NUM_THREADS'] ? undefined : availableParallelism());
  const settings = { env: process.env, decodeInputRequest: true, ...(threads !== undefined && { threads }) };
  // What configures the bridge on a server configures it here.
  const { MAR_NODE, MAR_NODE_PATH } = onServers ? process.env : {};
  const node = { ...(MAR_NODE && { MAR_NODE }), ...(MAR_NODE_PATH && { MAR_NODE_PATH }) };
  const env = { ...workerEnvironment(settings), ...node, ...mark };
  const model = { modelName, modelDir, handler, runtime, ...(manifestPath !== undefined && { manifestPath }) };
  const started = { ...rest, ...model, batchSize: 1, startupTimeoutMs, env };
  if (!installRequirements) return started;
  const onLine = (text: string): void => options.onLine?.({ stream: 'stderr', text });
  const file = requirementsFile === undefined ? {} : { requirementsFile };
  const python = await installModelRequirements({ ...rest, modelDir, ...file, runtime, env, onLine });
  return python === undefined ? started : { ...started, python };
}

/** Who handles: of a bridged archive the handler behind the bridge, or the bridge. */
function asRun(manifest: SoundManifest, { onServers = false }: LocalModelOptions): SoundManifest {
  if (!onServers || manifest.onServers === undefined) return manifest;
  const { handler, runtime } = manifest.onServers;
  return { ...manifest, handler, runtime: runtime === 'python3' ? 'python3' : 'python' };
}

/** A directory is used in place; everything else is extracted into `place`. */
async function unpackedArchive(archive: Archive, source: string, place: string, signal?: AbortSignal): Promise<string> {
  if (archive.format === 'directory') return resolve(source);
  return (await extractArchive(archive, join(place, 'model'), signal ? { signal } : {})).directory;
}
