import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';
import { MarError } from '#errors/mar-error.js';
import { DEFAULT_LIMITS, isBomb, plausibleTotal } from '../limits.js';
import type { ArchiveWriter, WriterSettings } from '../writing/archive-writer.js';
import { type Content, type Method, plainBytes } from '../writing/content.js';
import { plannedContent } from '../writing/make-content.js';
import { OutputFile } from '../writing/output-file.js';
import type { PackedEntry } from '../writing/packed-entry.js';
import { isLarge, type PlannedEntry, plannedMode } from '../writing/planned-entry.js';
import { readChunks } from '../writing/read-source.js';
import type { SourceFile } from '../writing/source-file.js';
import { centralHeader, dosTime, endRecords, localHeader, type ZipRecord } from './zip-records.js';

/** Sizes near 4 GiB get a zip64 local header, with room for what deflate may add. */
const ZIP64_FROM = 0xff000000;

/** What is known of an entry once its content has been seen. */
type Sums = Pick<ZipRecord, 'crc32' | 'size' | 'compressedSize'>;
const UNKNOWN: Sums = { crc32: 0, size: 0, compressedSize: 0 };

/**
 * Writes a zip in one pass over the data: the header of a large entry is completed in place once its checksum is known,
 * so that no entry needs a data descriptor, which Java's ZipInputStream (both real servers) refuses on stored entries.
 * The bytes depend on the entries alone.
 */
export class ZipWriter implements ArchiveWriter {
  readonly #handle: FileHandle;
  readonly #out: OutputFile;
  readonly #settings: WriterSettings;
  readonly #time: number;
  readonly #records: ZipRecord[] = [];
  /** Bytes to which the entries so far unpack. */
  #unpacked = 0;

  private constructor(handle: FileHandle, settings: WriterSettings) {
    this.#handle = handle;
    this.#out = new OutputFile(handle);
    this.#settings = settings;
    this.#time = dosTime(settings.time);
  }

  /** Starts a zip in a file that exists already and is empty. */
  static async open(file: string, settings: WriterSettings): Promise<ZipWriter> {
    return new ZipWriter(await open(file, 'r+'), settings);
  }

  add(entry: PlannedEntry): PackedEntry | Promise<PackedEntry> {
    return isLarge(entry) ? this.#addLarge(entry, entry.source) : this.#addContent(entry);
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

  #addContent(entry: PlannedEntry): PackedEntry | Promise<PackedEntry> {
    const content = plannedContent(entry, this.#settings.compressor);
    const { size, crc32, sha256 } = content;
    const { method, data } = this.#looksLikeBombs(content)
      ? { method: 'store' as const, data: plainBytes(content) }
      : content;
    const record = this.#record(entry, method, { crc32, size, compressedSize: data.length });
    const waiting = this.#out.append(localHeader(record), data);
    const done = (): PackedEntry => {
      this.#settings.onBytes(size);
      return this.#keep(entry, record, sha256);
    };
    return waiting ? waiting.then(done) : done();
  }

  async #addLarge(
    entry: PlannedEntry,
    source: SourceFile,
    method = this.#settings.compressor.choose(source),
    onBytes = this.#settings.onBytes,
  ): Promise<PackedEntry> {
    const blank = this.#record(entry, method, UNKNOWN, source.size >= ZIP64_FROM);
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
    if (method === 'deflate' && (isBomb(DEFAULT_LIMITS, digest.size, compressedSize) || this.#exceeds(digest.size)))
      return this.#startAgain(entry, source, blank.offset);
    const record: ZipRecord = { ...blank, crc32: digest.crc32, size: digest.size, compressedSize };
    await this.#out.patch(localHeader(record), record.offset);
    return this.#keep(entry, record, digest.sha256.digest('hex'));
  }

  #looksLikeBombs({ method, data, size }: Content): boolean {
    return method === 'deflate' && this.#exceeds(size, data.length);
  }

  /** Whether with `size` bytes more, for which `still` bytes are to be written, everything together unpacks to too much. */
  #exceeds(size: number, still = 0): boolean {
    return this.#unpacked + size > plausibleTotal(DEFAULT_LIMITS, this.#out.position + still);
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

  #record(entry: PlannedEntry, method: Method, { crc32, size, compressedSize }: Sums, zip64 = false): ZipRecord {
    return {
      name: Buffer.from(entry.path),
      method: method === 'store' ? 0 : 8,
      crc32,
      size,
      compressedSize,
      offset: this.#out.position,
      mode: plannedMode(entry),
      time: this.#time,
      zip64,
    };
  }

  #keep(entry: PlannedEntry, record: ZipRecord, sha256: string): PackedEntry {
    this.#records.push(record);
    this.#unpacked += record.size;
    const { size, compressedSize, method } = record;
    return { path: entry.path, size, compressedSize, compression: method === 0 ? 'store' : 'deflate', sha256 };
  }
}

function directoryTooLarge(size: number): MarError {
  return new MarError(`The paths of the archive take ${size} bytes; readers accept ${DEFAULT_LIMITS.directoryBytes}.`, {
    code: 'ERR_TOO_MANY_ENTRIES',
  });
}
