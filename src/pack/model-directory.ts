import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { unwritable } from '#archive/writing/staging.js';
import { MarError } from '#errors/mar-error.js';
import { type ConvertedManifest, convertManifest } from '#manifest/legacy.js';
import { findManifestIn } from '#manifest/read-manifest.js';
import { unreadable } from '#manifest/refuse.js';
import { didYouMean } from '#nearest.js';
import { handlerDirectory } from './handler-directory.js';
import type { PackOptions } from './options.js';

/** The directory to pack. */
export interface ModelDirectory {
  /** Real path; undefined when the files are named one by one. */
  readonly path?: string;
  /** What to call it: the path itself, or the `.model` file that was unpacked there. */
  readonly origin?: string;
  /** What a 0.4 manifest in it says, under `--convert`. */
  readonly legacy?: ConvertedManifest;
  /** Removes what was unpacked for the build. */
  dispose(): Promise<void>;
}

const NOTHING = async (): Promise<void> => {};

/**
 * Finds `--model-path`, which is the directory of the handler when neither it nor what stands for files named one by one is
 * given. Under `--convert` it may be a `.model` file of version 0.4, which is unpacked for the build.
 */
export async function findModelDirectory(options: PackOptions): Promise<ModelDirectory> {
  if (options.modelPath === undefined) {
    if (options.version !== undefined) return { dispose: NOTHING };
    if (options.serializedFile === undefined) return packedFrom(handlerDirectory(options), options);
    throw new MarError('--serialized-file needs --version, the version of the model.', {
      code: 'ERR_VERSION_REQUIRED',
    });
  }
  if (options.modelPath === '') {
    throw new MarError('--model-path is empty.', {
      code: 'ERR_MODEL_PATH_REQUIRED',
      hint: 'Check the variable that it comes from; the working directory is `.`.',
    });
  }
  const given = resolve(options.cwd ?? '.', options.modelPath);
  const stats = statSync(given, { throwIfNoEntry: false });
  if (stats?.isFile() && options.convert) return { ...(await unpack(given, options.signal)), origin: given };
  if (!stats?.isDirectory()) {
    throw noDirectory(options.modelPath, given, stats !== undefined);
  }
  return packedFrom(realpathSync(given), options);
}

async function packedFrom(path: string, options: PackOptions): Promise<ModelDirectory> {
  return { ...(await convert(path, options, NOTHING)), origin: path };
}

/** A file where a directory is expected, an archive even, or nothing at all. */
function noDirectory(path: string, given: string, exists: boolean): MarError {
  const parent = dirname(given);
  const siblings = exists || !existsSync(parent) ? [] : readdirSync(parent);
  const hint = /\.model$/.test(path)
    ? 'A .model file of version 0.4 is packed with --convert.'
    : /\.(mar|zip|tar\.gz|tgz)$/.test(path)
      ? `An archive is packed already: mar validate ${path} checks it, mar extract ${path} DIR unpacks it.`
      : `Give the directory that holds it: --model-path ${dirname(path)}.`;
  return new MarError(
    `The model path ${path} ${exists ? 'is a file, expected a directory' : `does not exist${didYouMean(basename(given), siblings)}`}.`,
    { code: 'ERR_MODEL_PATH', ...(exists && { hint }) },
  );
}

async function unpack(file: string, signal: AbortSignal | undefined): Promise<ModelDirectory> {
  const { openArchive } = await import('#archive/open.js');
  const { extractArchive } = await import('#archive/extract.js');
  const root = await mkdtemp(join(realpathSync(tmpdir()), 'mar-convert-')).catch((error: unknown) => {
    throw unwritable(`the temporary directory ${tmpdir()}`, error);
  });
  const dispose = () => rm(root, { recursive: true, force: true });
  try {
    const archive = await openArchive(file);
    try {
      await extractArchive(archive, join(root, 'model'), signal ? { signal } : {});
    } finally {
      await archive.close();
    }
    return await convert(join(root, 'model'), { convert: true }, dispose);
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function convert(
  path: string,
  options: { convert?: boolean },
  dispose: () => Promise<void>,
): Promise<ModelDirectory> {
  if (!options.convert) return { path, dispose };
  refuseOnnx(path);
  const found = await findManifestIn(path);
  const error = unreadable(found, path);
  if (error) throw error;
  const legacy = found.document && convertManifest(found.document);
  return legacy === undefined ? { path, dispose } : { path: join(path, found.modelDir), legacy, dispose };
}

/** Multi Model Server's archiver turned ONNX into MXNet here; MXNet is retired and ONNX runs as it is. */
function refuseOnnx(path: string): void {
  const models = readdirSync(path).filter((name) => name.endsWith('.onnx'));
  if (models.length === 0) return;
  throw new MarError(`--convert does not turn ${models.sort().join(' and ')} into an MXNet model.`, {
    code: 'ERR_CONVERT_ONNX',
  });
}
