import type { Archive, ArchiveEntry } from '#archive/archive.js';
import { type ArchiveBackend, createArchive } from '#archive/create-archive.js';
import { JsonDocument } from '#manifest/json-document.js';
import { type ManifestDocument, manifestDocument } from '#manifest/manifest-document.js';

/** Files of an archive in memory: the chunks in which each one comes. */
export type Chunks = Readonly<Record<string, string | Buffer | readonly (string | Buffer)[]>>;

/** An archive in memory; `spoil` throws what reading one of its entries fails with, at its end. */
export function archiveOf(
  files: Chunks,
  spoil: (path: string) => void = () => {},
  more: Partial<ArchiveBackend> = {},
): Archive {
  const chunks = new Map(
    Object.entries(files).map(([path, content]) => [path, [content].flat().map((chunk) => Buffer.from(chunk))]),
  );
  const entries = [...chunks].map(([path, list]): ArchiveEntry => {
    const size = list.reduce((sum, { length }) => sum + length, 0);
    return { path, size, compressedSize: size, compression: 'store' };
  });
  return createArchive({
    source: 'x.mar',
    format: 'zip',
    entries,
    get: (path) => entries.find((entry) => entry.path === path),
    content: async function* ({ path }) {
      yield* chunks.get(path) ?? [];
      spoil(path);
    },
    close: async () => undefined,
    ...more,
  });
}

/** A manifest with these fields of the model. */
export function manifestOf(model: Readonly<Record<string, unknown>>): ManifestDocument {
  const json = new JsonDocument(JSON.stringify({ model }));
  const manifest = manifestDocument({
    entry: 'MAR-INF/MANIFEST.json',
    modelDir: '',
    legacy: false,
    utf8: true,
    byteOrderMark: false,
    json,
  });
  if (manifest === undefined) throw new Error('it is an object');
  return manifest;
}
