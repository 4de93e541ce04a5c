import type { Stats } from 'node:fs';
import { MarError, messageOf, systemCode } from '#errors.js';

/** A file on disk that becomes an entry: its path in the archive and what was seen of it while collecting. */
export interface SourceFile {
  /** Path inside the archive, forward slashes. */
  readonly path: string;
  /** Absolute path on disk, links resolved. */
  readonly file: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly executable: boolean;
}

/** Describes a regular file. */
export function sourceFile(path: string, file: string, stats: Stats): SourceFile {
  return { path, file, size: stats.size, mtimeMs: stats.mtimeMs, executable: (stats.mode & 0o100) !== 0 };
}

/** Throws `ERR_FILE_CHANGED` when a file is no longer what was seen while collecting. */
export function checkUnchanged(source: SourceFile, seen: { size: number; mtimeMs: number }): void {
  if (seen.size === source.size && seen.mtimeMs === source.mtimeMs) return;
  throw new MarError(
    `${source.path} changed while it was being packed: ${source.size} bytes at first, then ${seen.size}.`,
    {
      code: 'ERR_FILE_CHANGED',
      kind: 'conflict',
      hint: 'Wait until nothing writes to the model directory and pack again.',
    },
  );
}

/** A failure to open or read a file, in terms of the entry. */
export function unreadable(path: string, cause: unknown): MarError {
  if (cause instanceof MarError) return cause;
  const denied = systemCode(cause) === 'EACCES' || systemCode(cause) === 'EPERM';
  return new MarError(`${path} cannot be read: ${denied ? 'permission denied' : messageOf(cause)}.`, {
    code: 'ERR_FILE_UNREADABLE',
    kind: 'unavailable',
    cause,
    hint: denied
      ? 'Grant read permission, or leave it out with --exclude.'
      : 'Check the file, or leave it out with --exclude.',
  });
}
