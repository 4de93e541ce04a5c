import type { Readable } from 'node:stream';

export type ArchiveFormat = 'zip' | 'tgz' | 'directory';

/** One file of an archive. Directories are not entries: every format lists files only. */
export interface ArchiveEntry {
  /** Path inside the archive: forward slashes, relative, no `.` or `..` segment, NFC left as found. */
  readonly path: string;
  /** Uncompressed size in bytes. */
  readonly size: number;
  /** Bytes it takes inside the archive; equals `size` in a directory. */
  readonly compressedSize: number;
  /** How the content is kept; entries of a tgz are deflated together, with no compressed size of their own. */
  readonly compression: 'store' | 'deflate';
  /** CRC-32 of the content where the format records one (zip). */
  readonly crc32?: number;
}

/** Positional reads from one entry, so that a parser can skip what it does not need (weights, above all). */
export interface EntryReader {
  readonly size: number;
  /** The next `length` bytes; fewer only at the end of the entry. */
  read(length: number): Promise<Buffer>;
  /** Moves forward; free for stored and directory entries, inflates and drops otherwise. */
  skip(length: number): Promise<void>;
  close(): Promise<void>;
}

/** One entry together with its content, as `Archive.walk` hands them out. */
export interface EntryContent {
  readonly entry: ArchiveEntry;
  /** Chunks in order; fails on a wrong size or CRC. Read it before asking for the next entry, or leave it. */
  readonly content: AsyncIterable<Buffer>;
}

/**
 * The one view of a model archive that packer, validator, inspector and runner share, over zip, tgz and directory.
 * Opening an archive checks its structure and the limits; nothing is written and nothing is executed.
 */
export interface Archive {
  /** The path or URL it was opened from, for messages. */
  readonly source: string;
  readonly format: ArchiveFormat;
  /** Folder inside a tgz that holds the archive, as the servers write it (`NAME`); empty elsewhere. Paths are relative to it. */
  readonly root: string;
  /** In archive order (directory: sorted by path). A path occurs once: of duplicates the last one counts. */
  readonly entries: readonly ArchiveEntry[];
  get(path: string): ArchiveEntry | undefined;
  /** The content as a stream that fails on a wrong size or CRC. */
  stream(entry: ArchiveEntry): Promise<Readable>;
  /** A whole entry, for what is parsed: at most `limit` bytes (default 16 MiB), else `ERR_ENTRY_TOO_LARGE`. */
  bytes(entry: ArchiveEntry, limit?: number): Promise<Buffer>;
  reader(entry: ArchiveEntry): Promise<EntryReader>;
  /** Every entry once, in archive order and in a single pass over the file. */
  walk(): AsyncIterable<EntryContent>;
  close(): Promise<void>;
}
