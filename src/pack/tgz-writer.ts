import { createWriteStream, type WriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { TarArchive } from 'archiver';
import type { ArchiveWriter, WriterSettings } from './archive-writer.js';
import { type PlannedEntry, plannedMode, plannedSize } from './entry-plan.js';
import { hashContent } from './hash-content.js';
import type { PackedEntry } from './result.js';

/** Writes NAME.tar.gz with everything below NAME/, as both peers do. Times, owners and modes are fixed. */
export class TgzWriter implements ArchiveWriter {
  readonly #archive: TarArchive;
  readonly #file: WriteStream;
  readonly #written: Promise<void>;
  readonly #folder: string;
  readonly #settings: WriterSettings;

  constructor(file: string, folder: string, settings: WriterSettings) {
    this.#archive = new TarArchive({ gzip: true, gzipOptions: { level: 6 } });
    this.#file = createWriteStream(file, { flags: 'r+' });
    this.#written = finished(this.#file);
    this.#written.catch(() => {});
    this.#archive.on('error', (error: Error) => this.#file.destroy(error));
    this.#archive.pipe(this.#file);
    this.#folder = folder;
    this.#settings = settings;
  }

  async add(entry: PlannedEntry): Promise<PackedEntry> {
    const content = new Readable({ read: () => resume() });
    let resume = (): void => {};
    const packed = new Promise<void>((resolve, reject) => {
      this.#archive.once('entry', () => resolve());
      this.#written.catch(reject);
      content.once('error', reject);
    });
    packed.catch(() => {});
    this.#archive.append(content, {
      name: `${this.#folder}/${entry.path}`,
      date: new Date(this.#settings.time * 1000),
      mode: plannedMode(entry),
      stats: { size: plannedSize(entry) },
    } as never);
    const written = await hashContent(entry, this.#settings, (piece) => {
      const room = new Promise<void>((resolve) => {
        resume = resolve;
      });
      return content.push(Buffer.from(piece)) ? Promise.resolve() : Promise.race([room, this.#written]);
    });
    content.push(null);
    await packed;
    return written;
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
}
