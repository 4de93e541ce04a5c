import { createHash } from 'node:crypto';
import type { Archive, ArchiveEntry } from './archive.js';
import { ArchiveError, type ArchiveProblem } from './problem.js';

/** One entry's content, read to its end: its digest, or what is wrong with it. */
export type EntryDigest =
  | { readonly entry: ArchiveEntry; readonly sha256: string; readonly problem?: never }
  | { readonly entry: ArchiveEntry; readonly problem: ArchiveProblem; readonly sha256?: never };

/** Hex SHA-256 of every entry in one pass, sizes and CRCs checked on the way; a broken entry does not stop the others of a zip. */
export async function* digestEntries(
  archive: Archive,
  options: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<EntryDigest, void, undefined> {
  for await (const { entry, content } of archive.walk()) {
    const hash = createHash('sha256');
    try {
      for await (const chunk of content) {
        options.signal?.throwIfAborted();
        hash.update(chunk);
      }
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      yield { entry, problem: error.problem };
      continue;
    }
    yield { entry, sha256: hash.digest('hex') };
  }
}
