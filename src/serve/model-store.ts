import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MarError, messageOf, systemCode } from '#errors.js';
import { extractArchive } from '#read/extract.js';
import { openArchive } from '#read/open.js';
import { downloadModel } from './download.js';
import { type LocateOptions, locateModel } from './model-source.js';
import type { Settings } from './settings.js';
import { holdsEntries, sha256 } from './unpacked.js';

/** A model's files, ready for a worker. */
export interface ModelFiles {
  readonly dir: string;
  /** To be called once when the model goes: the last user of an unpacked archive removes it. */
  release(): Promise<void>;
}

interface Unpacked {
  readonly dir: string;
  readonly archiveSize: number;
  readonly sha256: string;
  users: number;
}

type StoreSettings = Pick<Settings, 'modelStore' | 'maxDownloadSize' | 'allowedUrls' | 'requestTimeoutSeconds' | 'cwd'>;

/**
 * Fetches and unpacks archives below the run directory, one folder per content (named by the SHA-256 of the archive).
 * A folder is shared by models from the same bytes, after its files have been checked against the archive again.
 */
export class ModelStore {
  readonly #settings: StoreSettings;
  readonly #runDir: string;
  readonly #signal: AbortSignal;
  readonly #unpacked = new Set<Unpacked>();
  /** Folders that exist, are being made or are being removed. */
  readonly #taken = new Set<string>();
  /** The latest work on each URL: a download and its unpacking exclude others of the same URL. */
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #downloads = new Map<string, { etag: string; path: string }>();
  #counter = 0;

  /** Aborting `signal` ends downloads and unpacking under way. */
  constructor(settings: StoreSettings, runDir: string, signal: AbortSignal) {
    this.#settings = settings;
    this.#signal = signal;
    this.#runDir = runDir;
  }

  /** Makes the files of a registration's `url` available. Throws a `MarError` with the peers' sentence. */
  async open(url: string, options: Pick<LocateOptions, 'local'> = {}): Promise<ModelFiles> {
    const source = await locateModel(url, {
      ...options,
      modelStore: this.#settings.modelStore,
      cwd: this.#settings.cwd,
    });
    if (source.kind === 'directory') return { dir: source.path, release: async () => {} };
    if (source.kind === 'file') return this.#unpack(url, source.path, false);
    const before = this.#turns.get(source.url) ?? Promise.resolve();
    const turn = before.catch(() => {}).then(async () => this.#fetch(url, source.url));
    this.#turns.set(source.url, turn);
    return turn.finally(() => {
      if (this.#turns.get(source.url) === turn) this.#turns.delete(source.url);
    });
  }

  /** A download is kept while its server sends an ETag; the same URL is then asked whether it changed. */
  async #download(url: string): Promise<string> {
    const path = this.#newPath('download');
    const known = this.#downloads.get(url);
    const { maxDownloadSize, allowedUrls, requestTimeoutSeconds } = this.#settings;
    const result = await downloadModel(url, path, {
      maxSize: maxDownloadSize,
      allowedUrls,
      idleMs: requestTimeoutSeconds * 1000,
      etag: known?.etag,
      signal: this.#signal,
    });
    if (result.unchanged && known) return known.path;
    if (known) await rm(known.path, { force: true });
    this.#downloads.delete(url);
    if (!result.unchanged && result.etag !== undefined) this.#downloads.set(url, { etag: result.etag, path });
    return path;
  }

  async #fetch(url: string, address: string): Promise<ModelFiles> {
    const path = await this.#download(address);
    return this.#unpack(url, path, this.#downloads.get(address)?.path !== path);
  }

  async #unpack(url: string, path: string, disposable: boolean): Promise<ModelFiles> {
    try {
      const before = await stat(path);
      const shared = await this.#reuse(path, before.size);
      const unpacked = shared ?? (await this.#extract(path, before.size));
      const after = await stat(path);
      if (after.mtimeMs !== before.mtimeMs || after.size !== before.size || after.ino !== before.ino) {
        await this.#release(unpacked);
        throw new MarError(`${path} changed while it was read`, { code: 'ERR_ARCHIVE_CHANGED', kind: 'conflict' });
      }
      return { dir: unpacked.dir, release: () => this.#release(unpacked) };
    } catch (error) {
      throw unpackError(url, error);
    } finally {
      if (disposable) await rm(path, { force: true });
    }
  }

  /** An unpacked folder of the very same bytes, if there is one and nobody has touched it. */
  async #reuse(path: string, size: number): Promise<Unpacked | undefined> {
    const candidates = [...this.#unpacked].filter((known) => known.archiveSize === size);
    if (candidates.length === 0) return undefined;
    const digest = await sha256(path);
    const match = candidates.find((known) => known.sha256 === digest && this.#unpacked.has(known));
    if (!match) return undefined;
    match.users += 1;
    try {
      const archive = await openArchive(path, { signal: this.#signal });
      const intact = await holdsEntries(match.dir, archive.entries).finally(() => archive.close());
      if (intact) return match;
    } catch (error) {
      await this.#release(match);
      throw error;
    }
    await this.#release(match);
    return undefined;
  }

  async #extract(path: string, archiveSize: number): Promise<Unpacked> {
    const target = this.#newPath('unpack');
    const archive = await openArchive(path, { signal: this.#signal });
    try {
      const [digest] = await Promise.all([sha256(path), extractArchive(archive, target, { signal: this.#signal })]);
      const dir = this.#reserve(digest);
      await mkdir(join(this.#runDir, 'models'), { recursive: true });
      await rename(target, dir);
      const unpacked: Unpacked = { dir, archiveSize, sha256: digest, users: 1 };
      this.#unpacked.add(unpacked);
      return unpacked;
    } catch (error) {
      await rm(target, { recursive: true, force: true });
      throw error;
    } finally {
      await archive.close();
    }
  }

  async #release(unpacked: Unpacked): Promise<void> {
    unpacked.users -= 1;
    if (unpacked.users > 0) return;
    this.#unpacked.delete(unpacked);
    await rm(unpacked.dir, { recursive: true, force: true, maxRetries: 3 });
    this.#taken.delete(unpacked.dir);
  }

  /** A folder name for this content that nobody else uses at this moment. */
  #reserve(digest: string): string {
    let dir = join(this.#runDir, 'models', digest);
    if (this.#taken.has(dir)) dir = this.#newPath(join('models', digest));
    this.#taken.add(dir);
    return dir;
  }

  #newPath(kind: string): string {
    this.#counter += 1;
    return join(this.#runDir, `${kind}-${this.#counter}`);
  }
}

/** Codes of files that are no archive at all: the peers unpack nothing and miss the manifest's name. */
const NO_ARCHIVE = new Set(['ERR_NOT_AN_ARCHIVE', 'ERR_ARCHIVE_PREFIX']);

function unpackError(url: string, error: unknown): MarError {
  const cause = error instanceof MarError ? error : undefined;
  const detail = [messageOf(error), cause?.detail].filter(Boolean).join('\n');
  const hint = cause?.hint === undefined ? {} : { hint: cause.hint };
  if (cause && NO_ARCHIVE.has(cause.code)) {
    return new MarError('Model name is not defined.', { code: 'ERR_MODEL_INVALID', detail, ...hint, cause });
  }
  const full = systemCode(error) === 'ENOSPC' || cause?.kind === 'unavailable';
  const kind = full ? 'unavailable' : 'input';
  return new MarError(`Failed to save model: ${url}`, { code: 'ERR_MODEL_UNPACK', kind, detail, ...hint, cause });
}
