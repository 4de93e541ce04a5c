import type { Archive } from '#archive/archive.js';
import { scanArchive } from '#archive/open.js';
import { ArchiveError, type ArchiveProblem } from '#archive/problem.js';
import type { ReadProgress } from '#archive/watched.js';

/** The archive as a file: what reading its structure brought to light. */
export interface ScannedSource {
  readonly path: string;
  /** Absent when the entries cannot be listed. */
  readonly archive?: Archive;
  readonly problems: readonly ArchiveProblem[];
}

/** Opens a path without writing or running anything. Throws only where the path itself cannot be read, or changes meanwhile. */
export async function openSource(
  path: string,
  signal?: AbortSignal,
  onRead?: (progress: ReadProgress) => void,
): Promise<ScannedSource> {
  const { archive, problems } = await scanArchive(path, { ...(signal && { signal }), ...(onRead && { onRead }) });
  const changed = problems.find((problem) => problem.code === 'ERR_ARCHIVE_CHANGED');
  if (changed) {
    await archive?.close();
    throw new ArchiveError(path, changed);
  }
  return { path, problems, ...(archive && { archive }) };
}
