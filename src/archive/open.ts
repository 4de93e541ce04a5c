import { stat } from 'node:fs/promises';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';
import type { Archive } from './archive.js';
import { ArchiveFile } from './archive-file.js';
import { detectFormat } from './detect.js';
import { DIRECTORY } from './directory/format.js';
import type { Scan } from './format.js';
import { type ReadLimits, withDefaults } from './limits.js';
import { ArchiveError, type ArchiveProblem, ProblemList } from './problem.js';
import { type ReadProgress, watched } from './watched.js';

export interface OpenOptions {
  /** Replaces some of DEFAULT_LIMITS. */
  readonly limits?: Partial<ReadLimits>;
  readonly signal?: AbortSignal;
  /** Hears how far each pass over the content is. */
  readonly onRead?: (progress: ReadProgress) => void;
}

/** What scanning found: every structural problem, and the archive where its entries could be listed (unsafe ones left out). */
export interface ScanResult {
  readonly archive: Archive | undefined;
  readonly problems: readonly ArchiveProblem[];
}

/**
 * Looks at the structure of a zip, a gzipped tar or a directory and returns all problems as data. Close the archive, if there is one.
 * Throws only when there is no file to look at: `ERR_ARCHIVE_NOT_FOUND`, `ERR_ARCHIVE_UNREADABLE`.
 */
export function scanArchive(path: string, options: OpenOptions = {}): Promise<ScanResult> {
  return scan(path, options, true);
}

async function scan(path: string, options: OpenOptions, secondOpinion: boolean): Promise<ScanResult> {
  const problems = new ProblemList();
  const how: Scan = { limits: withDefaults(options.limits), problems, signal: options.signal, secondOpinion };
  options.signal?.throwIfAborted();
  try {
    const found = await stat(path);
    const { onRead } = options;
    const told = (archive: Archive | undefined) => (archive && onRead ? watched(archive, onRead) : archive);
    if (found.isDirectory()) return { archive: told(await DIRECTORY.scan(path, how)), problems: problems.found };
    if (!found.isFile()) {
      problems.add('ERR_NOT_AN_ARCHIVE', 'it is neither a file nor a directory');
      return { archive: undefined, problems: problems.found };
    }
    const archive = await scanFile(await ArchiveFile.open(path), how);
    return { archive: told(archive), problems: problems.found };
  } catch (error) {
    throw openingError(path, error);
  }
}

/** Opens an archive for reading; throws an ArchiveError for the first problem that forbids it. */
export async function openArchive(path: string, options: OpenOptions = {}): Promise<Archive> {
  const { archive, problems } = await scan(path, options, false);
  const fatal = problems.find((problem) => problem.severity === 'error');
  if (archive !== undefined && fatal === undefined) return archive;
  await archive?.close();
  if (fatal === undefined) throw new TypeError(`${path} could not be opened and no problem says why`);
  throw new ArchiveError(path, fatal);
}

async function scanFile(file: ArchiveFile, how: Scan): Promise<Archive | undefined> {
  let archive: Archive | undefined;
  try {
    const format = await detectFormat(file, how.problems);
    archive = await format?.scan(file, how);
    return archive;
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    how.problems.report(error.problem);
    return undefined;
  } finally {
    if (archive === undefined) await file.close();
  }
}

function openingError(path: string, error: unknown): unknown {
  const code = systemCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new MarError(`${path} does not exist`, {
      code: 'ERR_ARCHIVE_NOT_FOUND',
      cause: error,
    });
  }
  if (code === undefined || error instanceof MarError || !(error instanceof Error) || !('syscall' in error))
    return error;
  return new MarError(`${path} cannot be read: ${messageOf(error)}`, {
    code: 'ERR_ARCHIVE_UNREADABLE',
    cause: error,
  });
}
