import { createHash } from 'node:crypto';
import { mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { findService } from '#handler/find-service.js';
import { findManifestIn } from '#manifest/read-manifest.js';
import { loadPackConfig, type PackConfig } from '../load-config.js';
import { pack } from '../pack.js';
import type { PackResult } from '../result.js';

/** Where and how a source directory is packed. */
export interface SourceOptions {
  /** Existing directory for the archive; default a folder of the user's cache that belongs to this source directory. */
  readonly exportPath?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/**
 * Packs a directory that is a source: it has a configuration of builds, or else a handler by the habits of names, and no manifest. What an earlier call left in the cache
 * is replaced. Undefined for everything else, files and packed directories among it.
 */
export async function packSource(path: string, options: SourceOptions = {}): Promise<PackResult | undefined> {
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) return undefined;
  if ((await findManifestIn(path)).text !== undefined) return undefined;
  const config = (await loadPackConfig([path])) ?? (await withoutConfig(path));
  if (!config) return undefined;
  const { signal, env = process.env } = options;
  const exportPath = options.exportPath ?? (await cacheOf(path, env));
  return pack({
    ...config,
    modelName: config.modelName ?? basename(await realpath(path)),
    archiveFormat: 'zip-store',
    exportPath,
    force: true,
    cwd: path,
    ...(signal && { signal }),
  });
}

async function withoutConfig(path: string): Promise<PackConfig | undefined> {
  const entries = await readdir(path, { withFileTypes: true });
  const files = entries.flatMap((entry) => (entry.isDirectory() ? [] : [entry.name])).sort();
  const service = await findService(path, files);
  return service && { modelPath: path, handler: service.handler };
}

async function cacheOf(path: string, env: NonNullable<SourceOptions['env']>): Promise<string> {
  const key = createHash('sha256')
    .update(await realpath(path))
    .digest('hex')
    .slice(0, 16);
  const directory = join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'model-archiver', 'packed', key);
  await mkdir(directory, { recursive: true });
  return directory;
}
