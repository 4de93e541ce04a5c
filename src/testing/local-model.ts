import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { Archive } from '#archive/archive.js';
import { extractArchive } from '#archive/extract.js';
import { openArchive } from '#archive/open.js';
import { MarError } from '#errors/mar-error.js';
import { installModelRequirements } from '#hosting/install-requirements.js';
import { makeRunDirectory, type RunDirectory } from '#hosting/run-directory.js';
import type { Worker, WorkerLine } from '#hosting/worker.js';
import { workerEnvironment } from '#hosting/worker-environment.js';
import { WorkerHandle } from '#hosting/worker-handle.js';
import { readManifest } from '#manifest/read-manifest.js';
import { notPacked } from '#serve/models/not-packed.js';
import { readServedManifest, type ServedManifest } from '#serve/models/served-manifest.js';

export interface LocalModelOptions {
  /** Threads of the inference library; OMP_NUM_THREADS or all cores without it. */
  readonly threads?: number;
  /** Python interpreter for archives with a Python handler. */
  readonly python?: string;
  /** Installs the requirements of a Python archive in a cached virtual environment first. */
  readonly installRequirements?: boolean;
  /** How long the model may take to load, and each answer, in milliseconds; default 120,000. */
  readonly timeoutMs?: number;
  /** Each line that the handler prints. */
  readonly onLine?: (line: WorkerLine) => void;
  readonly signal?: AbortSignal;
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
    await checkManifest(archive, source);
    const run = await makeRunDirectory();
    try {
      const manifest = await readServedManifest(await modelDirectory(archive, source, run.path, options.signal));
      const worker = await WorkerHandle.start(await workerOptions(source, manifest, options, run.mark));
      try {
        return await use({ archive, modelName: manifest.modelName ?? '', worker });
      } finally {
        await worker.stop();
      }
    } finally {
      await run.remove();
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    await archive.close();
  }
}

/** What a server would load loads here too: a manifest that is there and is JSON, even where it breaks the schema. */
async function checkManifest(archive: Archive, source: string): Promise<void> {
  try {
    await readManifest(archive);
  } catch (error) {
    if (error instanceof MarError && error.code === 'ERR_MANIFEST_INVALID') return;
    throw (await notPacked(source, source)) ?? error;
  }
}

async function workerOptions(
  source: string,
  manifest: ServedManifest,
  options: LocalModelOptions,
  mark: RunDirectory['mark'],
) {
  const { modelName, handler, runtime, modelDir, requirementsFile } = manifest;
  if (modelName === undefined || handler === undefined || runtime === undefined || runtime === 'LSP') {
    throw new MarError(
      `The manifest of ${source} has modelName ${modelName}, handler ${handler} and runtime ${runtime}, expected all three, with a runtime of python or nodejs.`,
      { code: 'ERR_MANIFEST_INVALID' },
    );
  }
  const { timeoutMs: startupTimeoutMs = TIMEOUT_MS, installRequirements, ...rest } = options;
  const threads = options.threads ?? (process.env['OMP_NUM_THREADS'] ? undefined : availableParallelism());
  const settings = { env: process.env, decodeInputRequest: true, ...(threads !== undefined && { threads }) };
  const env = { ...workerEnvironment(settings), ...mark };
  const started = { ...rest, modelName, modelDir, handler, runtime, batchSize: 1, startupTimeoutMs, env };
  if (!installRequirements || runtime === 'nodejs' || requirementsFile === undefined) return started;
  const onLine = (text: string): void => options.onLine?.({ stream: 'stderr', text });
  return {
    ...started,
    python: await installModelRequirements({ ...rest, modelDir, requirementsFile, runtime, env, onLine }),
  };
}

/** A directory is used in place; everything else is extracted into the run's directory. */
async function modelDirectory(archive: Archive, source: string, run: string, signal?: AbortSignal): Promise<string> {
  if (archive.format === 'directory') return resolve(source);
  return (await extractArchive(archive, join(run, 'model'), signal ? { signal } : {})).directory;
}
