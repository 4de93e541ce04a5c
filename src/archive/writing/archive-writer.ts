import type { Compressor } from './compression.js';
import type { PackedEntry } from './packed-entry.js';
import type { PlannedEntry } from './planned-entry.js';

/** Where entries go: a zip, a tgz, a directory, or nowhere (a dry run). Entries are added one after the other. */
export interface ArchiveWriter {
  /** Writes one entry, at once where it can, and says what became of it; the content is hashed on the way. */
  add(entry: PlannedEntry): PackedEntry | Promise<PackedEntry>;
  /** Completes the archive. */
  finish(): Promise<void>;
  /** Lets go of every resource; safe at any time, and after `finish`. */
  close(): Promise<void>;
}

/** What every writer needs to know. */
export interface WriterSettings {
  /** Seconds since 1970 for every entry. */
  readonly time: number;
  /** In what form contents are written. */
  readonly compressor: Compressor;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes of content just taken in. */
  readonly onBytes: (count: number) => void;
}
