import type { Stats } from 'node:fs';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';
import type { Content } from './content.js';

/** A file on disk that is to become an entry. */
export interface FoundFile {
  /** Path inside the archive, forward slashes. */
  readonly path: string;
  /** Absolute path on disk, links resolved. */
  readonly file: string;
  /** The author named it, or brought it back with `!pattern`: it is packed even when it is a model archive. */
  readonly wanted?: boolean;
}

/** What was seen of it when it was opened first. */
export interface SourceFile extends FoundFile {
  readonly size: number;
  readonly mtimeMs: number;
  readonly executable: boolean;
  /** False when its content was looked at and cannot hold a credential. */
  readonly suspect: boolean;
  /** It begins like an archive: only then can it be one of a model. */
  readonly zipped: boolean;
  /** The content of a small file, when there was room to keep it. */
  readonly kept: Content | undefined;
}

/** Describes a regular file of whose content nothing is known yet. */
export function sourceFile({ path, file, wanted = false }: FoundFile, stats: Stats): SourceFile {
  const { size, mtimeMs, mode } = stats;
  const executable = (mode & 0o100) !== 0;
  return { path, file, wanted, size, mtimeMs, executable, suspect: true, zipped: false, kept: undefined };
}

/** Throws `ERR_FILE_CHANGED` when a file is no longer what was seen while collecting. */
export function checkUnchanged(source: SourceFile, seen: { size: number; mtimeMs: number }): void {
  if (seen.size === source.size && seen.mtimeMs === source.mtimeMs) return;
  throw new MarError(
    `${source.path} changed while it was being packed: ${source.size} bytes at first, then ${seen.size}.`,
    {
      code: 'ERR_FILE_CHANGED',
    },
  );
}

/** A failure to open or read a file, in terms of the entry. */
export function unreadableFile(path: string, cause: unknown): MarError {
  if (cause instanceof MarError) return cause;
  const denied = systemCode(cause) === 'EACCES' || systemCode(cause) === 'EPERM';
  return new MarError(`${path} cannot be read: ${denied ? 'permission denied' : messageOf(cause)}.`, {
    code: 'ERR_FILE_UNREADABLE',
    cause,
    hint: denied
      ? 'Grant read permission, or leave it out with --exclude.'
      : 'Check the file, or leave it out with --exclude.',
  });
}
