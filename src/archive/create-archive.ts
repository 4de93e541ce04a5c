import { Readable } from 'node:stream';
import { MarError } from '#errors/mar-error.js';
import type { Archive, ArchiveEntry, ArchiveFormat, EntryContent, EntryReader } from './archive.js';
import { SequentialReader } from './entry-reader.js';

const DEFAULT_BYTES_LIMIT = 16 * 2 ** 20;

/** What a format has to bring; everything else of an `Archive` is the same for all of them. */
export interface ArchiveBackend {
  readonly source: string;
  readonly format: ArchiveFormat;
  readonly root?: string;
  readonly entries: readonly ArchiveEntry[];
  /** The entry at a path. */
  get(path: string): ArchiveEntry | undefined;
  /** Content in chunks, with size and CRC checked at its end. */
  content(entry: ArchiveEntry): AsyncIterable<Buffer>;
  /** Random access, where the format has it for this entry. */
  reader?(entry: ArchiveEntry): Promise<EntryReader | undefined>;
  /** One pass, where that is cheaper than one entry after the other. */
  walk?(): AsyncIterable<EntryContent>;
  close(): Promise<void>;
}

/** The `Archive` over a backend. */
export function createArchive(backend: ArchiveBackend): Archive {
  const { source } = backend;
  const content = (entry: ArchiveEntry): AsyncIterable<Buffer> => backend.content(entry);
  return {
    source,
    format: backend.format,
    root: backend.root ?? '',
    entries: backend.entries,
    get: (path) => backend.get(path),
    stream: async (entry) => Readable.from(content(entry), { objectMode: false }),
    bytes: async (entry, limit = DEFAULT_BYTES_LIMIT) => {
      if (entry.size > limit) throw tooLarge(source, entry, limit);
      const chunks: Buffer[] = [];
      for await (const chunk of content(entry)) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    reader: async (entry) => (await backend.reader?.(entry)) ?? new SequentialReader(entry.size, content(entry)),
    walk: () => backend.walk?.() ?? walkEntries(backend),
    close: () => backend.close(),
  };
}

async function* walkEntries(backend: ArchiveBackend): AsyncGenerator<EntryContent, void, undefined> {
  for (const entry of backend.entries) yield { entry, content: backend.content(entry) };
}

function tooLarge(source: string, entry: ArchiveEntry, limit: number): MarError {
  return new MarError(
    `${source}: entry "${entry.path}" has ${entry.size} bytes, more than the ${limit} that are read at once`,
    {
      code: 'ERR_ENTRY_TOO_LARGE',
    },
  );
}
