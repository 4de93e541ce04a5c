import { setImmediate } from 'node:timers/promises';
import type { ArchiveEntry, EntryContent, EntryReader } from '../archive.js';
import type { ArchiveFile } from '../archive-file.js';
import { PositionalReader } from '../entry-reader.js';
import { ArchiveError, type ArchiveProblem } from '../problem.js';
import { ReadAhead } from '../read-ahead.js';
import { Sums, verified } from '../verified.js';
import type { CentralRecord } from './central-directory.js';
import { DEFLATED } from './check-record.js';
import { inflated, inflatedAtOnce } from './inflate.js';
import type { Place } from './local-headers.js';

/** Up to this size, packed and unpacked, an entry is read and inflated in one call each. */
const SMALL = 256 * 1024;
/** Inflating small entries does not wait for anything; after so many bytes others get their turn. */
const TURN_BYTES = 4 * 2 ** 20;

/** An entry that also knows where its data begins; kept out of sight, so that entries of all formats print alike. */
export class ZipEntry implements ArchiveEntry {
  readonly path: string;
  readonly size: number;
  readonly compressedSize: number;
  readonly compression: 'store' | 'deflate';
  readonly crc32: number;
  readonly #place: Place;

  constructor(record: CentralRecord, place: Place) {
    this.path = record.path;
    this.size = record.size;
    this.compressedSize = record.compressedSize;
    this.compression = record.method === DEFLATED ? 'deflate' : 'store';
    this.crc32 = record.crc32;
    this.#place = place;
  }

  get start(): number {
    return this.#place.start;
  }

  /** Why the content must not be read, although it is there. */
  get refused(): ArchiveProblem | undefined {
    return this.#place.refused;
  }
}

/** An entry's content from its place in the file, verified. */
export async function* zipContent(file: ArchiveFile, entry: ZipEntry): AsyncGenerator<Buffer, void, undefined> {
  refuse(file, entry);
  const { start, compressedSize } = entry;
  if (isSmall(entry)) yield* whole(file.source, entry, await file.read(start, compressedSize));
  else if (entry.compression === 'store') yield* verified(file.source, entry, file.chunks(start, start + entry.size));
  else yield* verified(file.source, entry, inflated(file, entry, start));
}

/** Positional reads where the content is stored as it is; undefined where it has to be inflated. */
export function readerOf(file: ArchiveFile, entry: ZipEntry): EntryReader | undefined {
  refuse(file, entry);
  if (entry.compression === 'deflate') return undefined;
  return new PositionalReader(entry.size, (position, length) => file.read(entry.start + position, length));
}

/** All entries in their order; small neighbours come out of one read of the file. */
export async function* walkContents(
  file: ArchiveFile,
  entries: Iterable<ZipEntry>,
): AsyncGenerator<EntryContent, void, undefined> {
  const ahead = new ReadAhead(file, file.size);
  let bytes = 0;
  for (const entry of entries) {
    if (!isSmall(entry) || entry.refused !== undefined) {
      yield { entry, content: zipContent(file, entry) };
      continue;
    }
    bytes += entry.size;
    if (bytes > TURN_BYTES) {
      bytes = 0;
      await setImmediate();
    }
    const compressed = ahead.read(entry.start, entry.compressedSize);
    yield { entry, content: whole(file.source, entry, compressed instanceof Promise ? await compressed : compressed) };
  }
}

function isSmall({ size, compressedSize }: ArchiveEntry): boolean {
  return size <= SMALL && compressedSize <= SMALL;
}

function refuse(file: ArchiveFile, entry: ZipEntry): void {
  if (entry.refused !== undefined) throw new ArchiveError(file.source, entry.refused);
}

/** The content of a small entry, of which all bytes are at hand, in one chunk. */
async function* whole(source: string, entry: ZipEntry, raw: Buffer): AsyncGenerator<Buffer, void, undefined> {
  const content = entry.compression === 'deflate' ? inflatedAtOnce(source, entry, raw) : raw;
  const sums = new Sums(source, entry);
  sums.add(content);
  if (content.length > 0) yield content;
  sums.check();
}
