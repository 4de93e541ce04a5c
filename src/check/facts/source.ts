import type { Archive } from '#read/archive.js';
import { scanArchive } from '#read/open.js';
import type { ArchiveProblem } from '#read/problem.js';

/** The archive as a file: what reading its structure brought to light. */
export interface Source {
  readonly path: string;
  /** Absent when the entries cannot be listed. */
  readonly archive?: Archive;
  readonly problems: readonly ArchiveProblem[];
}

/** Opens a path without writing or running anything. Throws only where the path itself cannot be read. */
export async function openSource(path: string): Promise<Source> {
  const { archive, problems } = await scanArchive(path);
  return { path, problems, ...(archive && { archive }) };
}
