import type { PlannedEntry } from './entry-plan.js';
import type { SmallFiles } from './read-source.js';
import type { PackedEntry } from './result.js';

/** Where entries go: a zip, a tgz, a directory, or nowhere (a dry run). Entries are added one after the other. */
export interface ArchiveWriter {
  /** Writes one entry and says what became of it; the content is hashed on the way. */
  add(entry: PlannedEntry): Promise<PackedEntry>;
  /** Completes the archive. */
  finish(): Promise<void>;
  /** Lets go of every resource; safe at any time, and after `finish`. */
  close(): Promise<void>;
}

/** What every writer needs to know. */
export interface WriterSettings {
  /** Seconds since 1970 for every entry. */
  readonly time: number;
  /** Where the contents of small files come from. */
  readonly smallFiles: SmallFiles;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes of content just taken in. */
  readonly onBytes: (count: number) => void;
}
