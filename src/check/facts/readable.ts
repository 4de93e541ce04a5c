import type { Archive } from '#archive/archive.js';

/** The same archive without entries, as if they were not in it. */
export function readableOf(archive: Archive, damaged: ReadonlySet<string>): Archive {
  if (damaged.size === 0) return archive;
  return {
    source: archive.source,
    format: archive.format,
    root: archive.root,
    entries: archive.entries.filter(({ path }) => !damaged.has(path)),
    get: (path) => (damaged.has(path) ? undefined : archive.get(path)),
    stream: (entry) => archive.stream(entry),
    bytes: (entry, limit) => archive.bytes(entry, limit),
    reader: (entry) => archive.reader(entry),
    async *walk() {
      for await (const item of archive.walk()) if (!damaged.has(item.entry.path)) yield item;
    },
    close: () => archive.close(),
  };
}
