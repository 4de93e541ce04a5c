import { createHash, hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';
import { MarError } from '#errors.js';
import { DEFAULT_LIMITS } from '#read/limits.js';
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
    const size = this.#out.position - start;
    if (size > DEFAULT_LIMITS.directoryBytes) throw directoryTooLarge(size);
    await this.#out.append(endRecords(this.#records.length, start, size));
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

  async #addLarge(
    entry: PlannedEntry,
    source: SourceFile,
    method = this.#compressor.choose(source),
    onBytes = this.#settings.onBytes,
  ): Promise<PackedEntry> {
    const blank = this.#record(entry, method, source.size >= ZIP64_FROM);
    const header = localHeader(blank);
    await this.#out.append(header);
    const digest = { sha256: createHash('sha256'), crc32: 0, size: 0 };
    const take = (chunk: Buffer): void => {
      digest.sha256.update(chunk);
      digest.crc32 = crc32(chunk, digest.crc32);
      digest.size += chunk.length;
      onBytes(chunk.length);
    };
    if (method === 'store') await this.#store(source, take);
    else await this.#deflate(source, take);
    const compressedSize = this.#out.position - blank.offset - header.length;
    if (method === 'deflate' && isBomb(digest.size, compressedSize))
      return this.#startAgain(entry, source, blank.offset);
    const record: ZipRecord = { ...blank, crc32: digest.crc32, size: digest.size, compressedSize };
    await this.#out.patch(localHeader(record), record.offset);
    return this.#keep(entry, record, digest.sha256.digest('hex'));
  }

  /** What shrinks so much looks like a bomb to every careful reader, ours included: it is stored instead. */
  async #startAgain(entry: PlannedEntry, source: SourceFile, offset: number): Promise<PackedEntry> {
    await this.#out.rewind(offset);
    return this.#addLarge(entry, source, 'store', () => {});
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
    await pipeline(content(), createDeflateRaw({ chunkSize: 64 * 1024 }), async (pieces: AsyncIterable<Buffer>) => {
      for await (const piece of pieces) await this.#out.append(piece);
    });
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

function isBomb(size: number, compressedSize: number): boolean {
  return size > DEFAULT_LIMITS.ratioFloor && size > compressedSize * DEFAULT_LIMITS.ratio;
}

function directoryTooLarge(size: number): MarError {
  return new MarError(`The paths of the archive take ${size} bytes; readers accept ${DEFAULT_LIMITS.directoryBytes}.`, {
    code: 'ERR_TOO_MANY_ENTRIES',
    kind: 'limit',
    hint: 'Leave files out with .marignore or --exclude, or put many small files into one.',
  });
}
