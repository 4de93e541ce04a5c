import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MarError, messageOf } from '#errors.js';
import type { Manifest } from '#manifest/manifest.js';
import { readManifest } from '#manifest/read-manifest.js';
import type { Archive } from '#read/archive.js';
import { extractArchive } from '#read/extract.js';
import { openArchive } from '#read/open.js';
import { findPython } from '#serve/find-python.js';
import { installRequirements } from '#serve/install-requirements.js';
import type { Worker, WorkerLine } from '#serve/worker.js';
import { WorkerHandle } from '#serve/worker-handle.js';

export interface LocalModelOptions {
  /** Threads of the inference library; all cores without it. */
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
  readonly manifest: Manifest;
  readonly worker: Worker;
}

/** How long loading, and each answer, may take unless told otherwise. */
export const TIMEOUT_MS = 120_000;

/** Loads an archive (file or directory) in a worker, lends it to `use`, and leaves no process and no file behind. */
export async function withLocalModel<T>(
  source: string,
  options: LocalModelOptions,
  use: (model: LocalModel) => Promise<T>,
): Promise<T> {
  const archive = await openArchive(source, options);
  try {
    const manifest = await readManifest(archive);
    return await withDirectory(archive, source, options, async (modelDir) => {
      const python = await pythonFor(manifest, modelDir, options);
      const worker = await WorkerHandle.start({ ...workerOptions(manifest, options), ...python, modelDir });
      try {
        return await use({ archive, manifest, worker });
      } finally {
        await worker.stop();
      }
    });
  } finally {
    await archive.close();
  }
}

function workerOptions(manifest: Manifest, options: LocalModelOptions) {
  const { runtime = 'python', model } = manifest;
  if (runtime === 'LSP') {
    throw new MarError(`Runtime LSP of model ${model.modelName} cannot run here, expected python or nodejs.`, {
      code: 'ERR_RUNTIME',
    });
  }
  const { timeoutMs: startupTimeoutMs = TIMEOUT_MS, ...rest } = options;
  return { ...rest, modelName: model.modelName, handler: model.handler, runtime, batchSize: 1, startupTimeoutMs };
}

/** The interpreter of the archive's own environment, where one is asked for. */
async function pythonFor(
  { runtime = 'python', model }: Manifest,
  modelDir: string,
  { installRequirements: install = false, python, onLine, signal }: LocalModelOptions,
): Promise<{ readonly python?: string }> {
  const { requirementsFile } = model;
  if (!install || requirementsFile === undefined || runtime === 'nodejs') return {};
  const { env } = process;
  const base = await findPython({ runtime, env, ...(python !== undefined && { python }) });
  const environment = await installRequirements({
    file: join(modelDir, requirementsFile),
    python: base,
    env,
    onLine: (text) => onLine?.({ stream: 'stderr', text }),
    ...(signal && { signal }),
  });
  return { python: environment };
}

async function temporaryDirectory(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'mar-model-'));
  } catch (cause) {
    throw new MarError(`The archive cannot be extracted below ${tmpdir()}: ${messageOf(cause)}.`, {
      code: 'ERR_TEMPORARY_DIRECTORY',
      kind: 'unavailable',
      hint: 'Make the directory writable, or name another one in TMPDIR.',
      cause,
    });
  }
}

/** A directory is used in place; everything else is extracted for the time of `use`. */
async function withDirectory<T>(
  archive: Archive,
  source: string,
  { signal }: LocalModelOptions,
  use: (directory: string) => Promise<T>,
): Promise<T> {
  if (archive.format === 'directory') return use(resolve(source));
  const temporary = await temporaryDirectory();
  try {
    const { directory } = await extractArchive(archive, join(temporary, 'model'), signal ? { signal } : {});
    return await use(directory);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
