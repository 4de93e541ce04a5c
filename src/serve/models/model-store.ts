import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from '#archive/archive.js';
import { extractArchive } from '#archive/extract.js';
import { openArchive } from '#archive/open.js';
import { type ReadProgress, watched } from '#archive/watched.js';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';
import { publicSource } from '#public-source.js';
import type { ServerSettings } from '../config/settings.js';
import { downloadModel } from './download.js';
import { type LocateOptions, locateModel } from './model-source.js';
import { addressOf, holdsArchive } from './unpacked.js';

/** A model's files, ready for a worker. */
export interface ModelFiles {
  readonly dir: string;
  /** The proxy that a download came through, without its password. */
  readonly proxy?: string;
  /** To be called once when the model goes: the last user of an unpacked archive removes it. */
  release(): Promise<void>;
}

type OnProgress = ((progress: ReadProgress) => void) | undefined;

interface Unpacked {
  readonly dir: string;
  readonly address: string;
  users: number;
}

type StoreSettings = Pick<
  ServerSettings,
  'modelStore' | 'maxDownloadSize' | 'allowedUrls' | 'requestTimeoutSeconds' | 'cwd' | 'env' | 'sourceHeaders'
>;

/**
 * Fetches and unpacks archives below the run directory, one folder per content, addressed by the listing of the archive.
 * A folder is shared by models of the same content, after its files have been compared with the archive byte for byte.
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

  /**
   * Makes the files of a registration's `url` available; `onProgress` hears the bytes of each step, downloading and unpacking.
   * Throws a `MarError` with Multi Model Server's sentence.
   */
  async open(
    url: string,
    { local, onProgress }: Pick<LocateOptions, 'local'> & { readonly onProgress?: OnProgress } = {},
  ): Promise<ModelFiles> {
    const source = await locateModel(url, {
      ...(local !== undefined && { local }),
      modelStore: this.#settings.modelStore,
      cwd: this.#settings.cwd,
    });
    if (source.kind === 'directory') return this.#useInPlace(url, source.path);
    if (source.kind === 'file') return this.#unpack(url, source.path, false, onProgress);
    const before = this.#turns.get(source.url) ?? Promise.resolve();
    const turn = before.catch(() => {}).then(async () => this.#fetch(url, source.url, onProgress));
    this.#turns.set(source.url, turn);
    return turn.finally(() => {
      if (this.#turns.get(source.url) === turn) this.#turns.delete(source.url);
    });
  }

  /** A download is kept while its server sends an ETag; the same URL is then asked whether it changed. */
  async #download(url: string, onProgress: OnProgress): Promise<{ path: string; proxy?: string }> {
    const path = this.#newPath('download');
    const known = this.#downloads.get(url);
    const { maxDownloadSize, allowedUrls, requestTimeoutSeconds, env, sourceHeaders } = this.#settings;
    const result = await downloadModel(url, path, {
      maxSize: maxDownloadSize,
      allowedUrls,
      idleMs: requestTimeoutSeconds * 1000,
      etag: known?.etag,
      env,
      sourceHeaders,
      signal: this.#signal,
      onProgress,
    });
    const through = result.proxy === undefined ? {} : { proxy: result.proxy };
    if (result.unchanged && known) return { path: known.path, ...through };
    if (known) await rm(known.path, { force: true });
    this.#downloads.delete(url);
    if (!result.unchanged && result.etag !== undefined) this.#downloads.set(url, { etag: result.etag, path });
    return { path, ...through };
  }

  async #fetch(url: string, address: string, onProgress: OnProgress): Promise<ModelFiles> {
    const { path, ...through } = await this.#download(address, onProgress);
    const isKept = this.#downloads.get(address)?.path === path;
    return { ...(await this.#unpack(url, path, !isKept, onProgress)), ...through };
  }

  async #unpack(url: string, path: string, disposable: boolean, onProgress: OnProgress): Promise<ModelFiles> {
    try {
      const before = await stat(path);
      const archive = await openArchive(path, { signal: this.#signal });
      const unpacked = await this.#reuseOrExtract(archive, onProgress).finally(() => archive.close());
      const after = await stat(path);
      if (after.mtimeMs !== before.mtimeMs || after.size !== before.size || after.ino !== before.ino) {
        await this.#release(unpacked);
        throw new MarError(`${path} changed while it was read`, { code: 'ERR_ARCHIVE_CHANGED' });
      }
      return { dir: unpacked.dir, release: () => this.#release(unpacked) };
    } catch (error) {
      throw unpackError(url, path, error);
    } finally {
      if (disposable) await rm(path, { force: true });
    }
  }

  /** A directory is held to what an archive is held to: `predict` and `validate` refuse a link that leaves it, so must the server. */
  async #useInPlace(url: string, path: string): Promise<ModelFiles> {
    try {
      await (await openArchive(path, { signal: this.#signal })).close();
      return { dir: path, release: async () => {} };
    } catch (error) {
      throw unpackError(url, path, error);
    }
  }

  async #reuseOrExtract(archive: Archive, onProgress: OnProgress): Promise<Unpacked> {
    const address = addressOf(archive.entries);
    const compared = onProgress ? watched(archive, onProgress) : archive;
    return (await this.#reuse(compared, address)) ?? (await this.#extract(archive, address, onProgress));
  }

  /** An unpacked folder of the very same content, if there is one and nobody has touched it. */
  async #reuse(archive: Archive, address: string): Promise<Unpacked | undefined> {
    const match = [...this.#unpacked].find((known) => known.address === address);
    if (!match) return undefined;
    match.users += 1;
    const intact = await holdsArchive(match.dir, archive, this.#signal).catch(async (error: unknown) => {
      await this.#release(match);
      throw error;
    });
    if (intact) return match;
    await this.#release(match);
    return undefined;
  }

  async #extract(archive: Archive, address: string, onProgress: OnProgress): Promise<Unpacked> {
    const dir = this.#reserve(address);
    try {
      await extractArchive(archive, dir, { signal: this.#signal, onProgress });
      const unpacked: Unpacked = { dir, address, users: 1 };
      this.#unpacked.add(unpacked);
      return unpacked;
    } catch (error) {
      this.#taken.delete(dir);
      throw error;
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
  #reserve(address: string): string {
    let dir = join(this.#runDir, address);
    if (this.#taken.has(dir)) dir = this.#newPath(address);
    this.#taken.add(dir);
    return dir;
  }

  #newPath(kind: string): string {
    this.#counter += 1;
    return join(this.#runDir, `${kind}-${this.#counter}`);
  }
}

/** What kept an archive from being unpacked, with the archive's own error as the cause; it names the source as it was asked for. */
function unpackError(url: string, path: string, error: unknown): MarError {
  const cause = error instanceof MarError ? error : undefined;
  const full = systemCode(error) === 'ENOSPC' || cause?.kind === 'unavailable';
  const subject = publicSource(url);
  const named = (text: string): string => text.replaceAll(path, subject);
  return new MarError(named(messageOf(error)), {
    code: full ? 'ERR_MODEL_SAVE' : 'ERR_MODEL_UNPACK',
    subject,
    ...(cause?.detail === undefined ? {} : { detail: named(cause.detail) }),
    ...(cause && { hint: cause.advice }),
    cause,
  });
}
