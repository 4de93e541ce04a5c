import { createHash, hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { crc32, createDeflateRaw } from 'node:zlib';
import type { ArchiveWriter, WriterSettings } from './archive-writer.js';
import type { Compressor, Method } from './compression.js';
import { type PlannedEntry, plannedMode } from './entry-plan.js';
import { OutputFile } from './output-file.js';
import { readChunks, SMALL_FILE } from './read-source.js';
import type { PackedEntry } from './result.js';
import type { SourceFile } from './source-file.js';
import { centralHeader, dosTime, endRecords, localHeader, type ZipRecord } from './zip-records.js';

/** Sizes near 4 GiB get a zip64 local header, with room for what deflate may add. */
const ZIP64_FROM = 0xff000000;

/**
 * Writes a zip in one pass over the data: the header of a large entry is completed in place once its checksum is known,
 * so that no entry needs a data descriptor, which Java's ZipInputStream (both real servers) refuses on stored entries.
 * The bytes depend on the entries alone.
 */
export class ZipWriter implements ArchiveWriter {
  readonly #handle: FileHandle;
  readonly #out: OutputFile;
  readonly #compressor: Compressor;
  readonly #settings: WriterSettings;
  readonly #time: number;
  readonly #records: ZipRecord[] = [];

  private constructor(handle: FileHandle, compressor: Compressor, settings: WriterSettings) {
    this.#handle = handle;
    this.#out = new OutputFile(handle);
    this.#compressor = compressor;
    this.#settings = settings;
    this.#time = dosTime(settings.time);
  }

  /** Starts a zip in a file that exists already and is empty. */
  static async open(file: string, compressor: Compressor, settings: WriterSettings): Promise<ZipWriter> {
    return new ZipWriter(await open(file, 'r+'), compressor, settings);
  }

  add(entry: PlannedEntry): Promise<PackedEntry> {
    if (!('source' in entry)) return this.#addContent(entry, entry.bytes);
    if (entry.source.size <= SMALL_FILE) return this.#addContent(entry, this.#settings.smallFiles.take(entry.source));
    return this.#addLarge(entry, entry.source);
  }

  async finish(): Promise<void> {
    const start = this.#out.position;
    for (const record of this.#records) await this.#out.append(centralHeader(record));
    await this.#out.append(endRecords(this.#records.length, start, this.#out.position - start));
    await this.#out.flush();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #addContent(entry: PlannedEntry, content: Buffer): Promise<PackedEntry> {
    const { method, data } = this.#compressor.pack(entry.path, content);
    const record: ZipRecord = {
      ...this.#record(entry, method, false),
      crc32: crc32(content),
      size: content.length,
      compressedSize: data.length,
    };
    await this.#out.append(localHeader(record));
    await this.#out.append(data);
    this.#settings.onBytes(content.length);
    return this.#keep(entry, record, hash('sha256', content));
  }

  async #addLarge(entry: PlannedEntry, source: SourceFile): Promise<PackedEntry> {
    const method = this.#compressor.choose(source);
    const blank = this.#record(entry, method, source.size >= ZIP64_FROM);
    const header = localHeader(blank);
    await this.#out.append(header);
    const digest = { sha256: createHash('sha256'), crc32: 0, size: 0 };
    const take = (chunk: Buffer): void => {
      digest.sha256.update(chunk);
      digest.crc32 = crc32(chunk, digest.crc32);
      digest.size += chunk.length;
      this.#settings.onBytes(chunk.length);
    };
    if (method === 'store') await this.#store(source, take);
    else await this.#deflate(source, take);
    const compressedSize = this.#out.position - blank.offset - header.length;
    const record: ZipRecord = { ...blank, crc32: digest.crc32, size: digest.size, compressedSize };
    await this.#out.patch(localHeader(record), record.offset);
    return this.#keep(entry, record, digest.sha256.digest('hex'));
  }

  async #store(source: SourceFile, take: (chunk: Buffer) => void): Promise<void> {
    for await (const chunk of readChunks(source, this.#settings.signal)) {
      await this.#out.append(chunk);
      take(chunk);
    }
    await this.#out.flush();
  }

  async #deflate(source: SourceFile, take: (chunk: Buffer) => void): Promise<void> {
    const { signal } = this.#settings;
    async function* content() {
      for await (const chunk of readChunks(source, signal)) {
        take(chunk);
        yield Buffer.from(chunk);
      }
    }
    const input = Readable.from(content(), { highWaterMark: 1 });
    const deflate = input.pipe(createDeflateRaw({ chunkSize: 64 * 1024 }));
    input.on('error', (error) => deflate.destroy(error));
    for await (const piece of deflate) await this.#out.append(piece);
  }

  #record(entry: PlannedEntry, method: Method, zip64: boolean): ZipRecord {
    return {
      name: Buffer.from(entry.path),
      method: method === 'store' ? 0 : 8,
      crc32: 0,
      size: 0,
      compressedSize: 0,
      offset: this.#out.position,
      mode: plannedMode(entry),
      time: this.#time,
      zip64,
    };
  }

  #keep(entry: PlannedEntry, record: ZipRecord, sha256: string): PackedEntry {
    this.#records.push(record);
    const { size, compressedSize, method } = record;
    return { path: entry.path, size, compressedSize, compression: method === 0 ? 'store' : 'deflate', sha256 };
  }
}
