import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Archive } from '#archive/archive.js';
import { extractArchive } from '#archive/extract.js';
import { openArchive } from '#archive/open.js';
import type { FileEntry } from '#archive/writing/planned-entry.js';
import { sourceFile } from '#archive/writing/source-file.js';
import { MarError } from '#errors/mar-error.js';
import { writtenDevice } from '#manifest/device.js';
import type { Serving } from '#manifest/manifest.js';
import type { ManifestDocument } from '#manifest/manifest-document.js';
import { findManifest } from '#manifest/read-manifest.js';
import { refusal } from '#manifest/refuse.js';
import { type ServedManifest, servingOf } from '#manifest/served.js';
import type { ConvertOptions } from './options.js';

/** An archive that is converted: read, never run. */
export interface Source {
  readonly archive: Archive;
  readonly document: ManifestDocument;
  readonly served: ServedManifest;
  /** The model's name by the manifest. */
  readonly name: string;
  /** How it asks to be served, with what the options put over it. */
  readonly serving: Serving;
  /** Whether the archive, and not an option, says so. */
  readonly ownServing: Serving;
  /** The declared context of the model, such as `gpu:0` or `eia`; undefined where none is declared. */
  readonly device: string | undefined;
  /** Paths below the model's folder, as a server sees them. */
  readonly paths: readonly string[];
  /** The entry of the archive at such a path. */
  entryAt(path: string): string;
  /** A folder for files on the way, which goes with the source. */
  readonly workshop: string;
  /** A file of the archive to write at `as`; everything is unpacked on the first call. */
  file(path: string, as?: string): Promise<FileEntry>;
  close(): Promise<void>;
}

/** Opens an archive and reads its manifest. Throws what opening throws, and the refusal of a manifest that no server could read. */
export async function openSource(path: string, options: ConvertOptions): Promise<Source> {
  const { signal } = options;
  const archive = await openArchive(path, signal ? { signal } : {});
  try {
    const found = await findManifest(archive);
    const { document, served, modelDir } = found;
    const { modelName } = served;
    if (document === undefined || modelName === undefined) throw refusal(found, path) ?? unnamed(path);
    const prefix = modelDir === '' ? '' : `${modelDir}/`;
    const workshop = await mkdtemp(join(tmpdir(), 'mar-convert-'));
    const content = join(workshop, 'content');
    let unpacked: Promise<unknown> | undefined;
    const { workers, threads, batchSize, maxBatchDelay } = options;
    const given = { workers, threads, batchSize, maxBatchDelay };
    const ownServing = servingOf(served.extensions);
    const device = writtenDevice(served.extensions)?.modelContext;
    return {
      archive,
      document,
      served,
      name: modelName,
      serving: {
        ...ownServing,
        ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      },
      ownServing,
      device: typeof device === 'string' ? device : undefined,
      paths: archive.entries.flatMap((entry) =>
        entry.path.startsWith(prefix) ? [entry.path.slice(prefix.length)] : [],
      ),
      entryAt: (inside) => prefix + inside,
      workshop,
      async file(inside, as = inside) {
        unpacked ??= extractArchive(archive, content, signal ? { signal } : {});
        await unpacked;
        const file = join(content, prefix + inside);
        return { path: as, source: sourceFile({ path: as, file }, await stat(file)) };
      },
      async close() {
        await archive.close();
        await rm(workshop, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

function unnamed(path: string): MarError {
  return new MarError(`The manifest of ${path} does not say what the model is called.`, {
    code: 'ERR_MANIFEST_INVALID',
  });
}
