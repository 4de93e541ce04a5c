import { SMALL_FILE } from './small-file.js';
import type { SourceFile } from './source-file.js';

/** One entry to write: a file on disk, or bytes made by the packer. */
export type PlannedEntry = FileEntry | BytesEntry;

export interface FileEntry {
  readonly path: string;
  readonly source: SourceFile;
}

export interface BytesEntry {
  readonly path: string;
  readonly bytes: Buffer;
  /** What it was made from, for messages. */
  readonly origin: string;
}

/** Size in bytes of an entry's content. */
export function plannedSize(entry: PlannedEntry): number {
  return 'source' in entry ? entry.source.size : entry.bytes.length;
}

/** An entry that is read in chunks, not in one piece. */
export function isLarge(entry: PlannedEntry): entry is FileEntry {
  return 'source' in entry && entry.source.size > SMALL_FILE;
}

/** 0o755 for executables, 0o644 for everything else: what the user's umask did is not recorded. */
export function plannedMode(entry: PlannedEntry): number {
  return 'source' in entry && entry.source.executable ? 0o755 : 0o644;
}
