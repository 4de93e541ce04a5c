import { createHash } from 'node:crypto';
import { createWriteStream, type Stats, statSync, type WriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { TarArchive } from 'archiver';
import type { ArchiveWriter, WriterSettings } from '../writing/archive-writer.js';
import { plannedContent } from '../writing/make-content.js';
import type { PackedEntry } from '../writing/packed-entry.js';
import { isLarge, type PlannedEntry, plannedMode } from '../writing/planned-entry.js';
import { readChunks } from '../writing/read-source.js';
import type { SourceFile } from '../writing/source-file.js';

/** Writes a gzipped tar with everything below a folder (`NAME/`, as both servers do) or at its top (''). Times, owners and modes are fixed. */
export class TgzWriter implements ArchiveWriter {
  readonly #archive: TarArchive;
  readonly #file: WriteStream;
  readonly #written: Promise<void>;
  readonly #folder: string;
  readonly #settings: WriterSettings;
  /** The entry that is being written: told when it is in, or what went wrong. */
  #waiting: { resolve(): void; reject(error: unknown): void } | undefined;

  constructor(file: string, folder: string, settings: WriterSettings) {
    this.#archive = new TarArchive({ gzip: true, gzipOptions: { level: 6 } });
    this.#file = createWriteStream(file, { flags: 'r+' });
    this.#written = finished(this.#file);
    this.#written.catch((error: unknown) => this.#waiting?.reject(error));
    this.#archive.on('error', (error: Error) => this.#file.destroy(error));
    this.#archive.on('entry', () => this.#waiting?.resolve());
    this.#archive.pipe(this.#file);
    this.#folder = folder;
    this.#settings = settings;
  }

  async add(entry: PlannedEntry): Promise<PackedEntry> {
    if (isLarge(entry)) return this.#addLarge(entry, entry.source);
    const { data, size, sha256 } = plannedContent(entry, this.#settings.compressor);
    await this.#append(entry, data);
    this.#settings.onBytes(size);
    return described(entry, size, sha256);
  }

  async finish(): Promise<void> {
    await this.#archive.finalize();
    await this.#written;
  }

  async close(): Promise<void> {
    this.#archive.abort();
    this.#file.destroy();
    await this.#written.catch(() => {});
  }

  async #addLarge(entry: PlannedEntry, source: SourceFile): Promise<PackedEntry> {
    const { signal, onBytes } = this.#settings;
    // Where there is no file any more, reading it says so.
    const stats = statSync(source.file, { throwIfNoEntry: false });
    const sha256 = createHash('sha256');
    async function* content() {
      for await (const chunk of readChunks(source, signal)) {
        sha256.update(chunk);
        onBytes(chunk.length);
        yield Buffer.from(chunk);
      }
    }
    const stream = Readable.from(content(), { highWaterMark: 1 });
    stream.once('error', (error) => this.#waiting?.reject(error));
    try {
      await this.#append(entry, stream, stats);
    } finally {
      stream.destroy();
    }
    return described(entry, source.size, sha256.digest('hex'));
  }

  /** A stream needs the stats of its file: archiver would gather one of unknown size in memory. */
  async #append(entry: PlannedEntry, content: Buffer | Readable, stats?: Stats): Promise<void> {
    const written = new Promise<void>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    this.#archive.append(content, {
      name: `${this.#folder}${entry.path}`,
      date: new Date(this.#settings.time * 1000),
      mode: plannedMode(entry),
      ...(stats && { stats }),
    });
    await written;
  }
}

function described({ path }: PlannedEntry, size: number, sha256: string): PackedEntry {
  return { path, size, compressedSize: size, compression: 'store', sha256 };
}
