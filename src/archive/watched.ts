import type { Archive, EntryContent } from './archive.js';

/** How far the work on an archive's content has come, in bytes (uncompressed, except for downloads); sent with every chunk. */
export interface ReadProgress {
  /** The entry that is read or written; of a download its address. */
  readonly path: string;
  readonly bytes: number;
  readonly totalBytes: number;
}

/** The same archive, whose `walk` tells how far it is. */
export function watched(archive: Archive, onRead: (progress: ReadProgress) => void): Archive {
  const totalBytes = archive.entries.reduce((sum, { size }) => sum + size, 0);
  async function* walk(): AsyncGenerator<EntryContent, void, undefined> {
    let before = 0;
    for await (const item of archive.walk()) {
      const { path, size } = item.entry;
      const start = before;
      onRead({ path, bytes: start, totalBytes });
      yield { ...item, content: counted(item.content, (read) => onRead({ path, bytes: start + read, totalBytes })) };
      before += size;
    }
    onRead({ path: archive.source, bytes: totalBytes, totalBytes });
  }
  return {
    source: archive.source,
    format: archive.format,
    root: archive.root,
    entries: archive.entries,
    get: (path) => archive.get(path),
    stream: (entry) => archive.stream(entry),
    bytes: (entry, limit) => archive.bytes(entry, limit),
    reader: (entry) => archive.reader(entry),
    walk,
    close: () => archive.close(),
  };
}

async function* counted(
  content: AsyncIterable<Buffer>,
  tell: (read: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  let read = 0;
  for await (const chunk of content) {
    yield chunk;
    read += chunk.length;
    tell(read);
  }
}
