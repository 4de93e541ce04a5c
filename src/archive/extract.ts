import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';
import type { Archive, ArchiveEntry } from './archive.js';
import { checkTarget, moveIntoPlace, takenTarget } from './extract-target.js';
import { orderOf } from './formats.js';
import type { ReadProgress } from './watched.js';

export interface ExtractOptions {
  /** Stops between chunks; nothing is left behind. */
  readonly signal?: AbortSignal;
  /** Replaces an earlier extraction; a file of the target that the archive does not have is `ERR_TARGET_EXISTS` all the same. */
  readonly force?: boolean;
  /** Called after each file. */
  readonly onEntry?: (entry: ArchiveEntry) => void;
  /** Called after each chunk with the bytes written so far, of all files together. */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
}

export interface ExtractResult {
  /** The target, absolute. */
  readonly directory: string;
  readonly entries: readonly ArchiveEntry[];
  readonly bytes: number;
}

/**
 * Writes an opened archive to a directory, all or nothing: into a temporary directory beside the target, sizes and CRCs checked
 * on the way, then renamed. Paths were checked when the archive was opened, and nothing but plain files and folders is made.
 */
export async function extractArchive(
  archive: Archive,
  target: string,
  options: ExtractOptions = {},
): Promise<ExtractResult> {
  const directory = resolve(target);
  try {
    await checkTarget(directory, options.force === true ? archive.entries : []);
    await mkdir(dirname(directory), { recursive: true });
    const temporary = await mkdtemp(join(dirname(directory), `.${basename(directory)}.`));
    try {
      // A folder of its own inside: mkdtemp's is private, this one has the usual permissions.
      const content = join(temporary, 'content');
      await mkdir(content);
      const bytes = await writeEntries(archive, content, options);
      await moveIntoPlace(content, directory, join(temporary, 'replaced'));
      return { directory, entries: archive.entries, bytes };
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  } catch (error) {
    throw writingError(directory, error);
  }
}

/** Files written at once, where the format allows it: opening and closing costs more than writing a small one. */
const CONCURRENCY = 8;

async function writeEntries(archive: Archive, root: string, options: ExtractOptions): Promise<number> {
  const folders = new Map<string, Promise<unknown>>();
  const contents = archive.walk()[Symbol.asyncIterator]();
  const totalBytes = archive.entries.reduce((sum, { size }) => sum + size, 0);
  let bytes = 0;
  let failed = false;
  const writeNext = async (): Promise<void> => {
    for (let next = await contents.next(); next.done !== true && !failed; next = await contents.next()) {
      const { entry, content } = next.value;
      const path = join(root, entry.path);
      const folder = dirname(path);
      const made = folders.get(folder) ?? mkdir(folder, { recursive: true });
      folders.set(folder, made);
      await made;
      await writeFile(path, content, options.signal, (count) => {
        bytes += count;
        options.onProgress?.({ path: entry.path, bytes, totalBytes });
      });
      options.onEntry?.(entry);
    }
  };
  const writers = Array.from({ length: orderOf(archive.format) === 'sequential' ? 1 : CONCURRENCY }, () =>
    writeNext().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  // All writers have to end, or one would still write while the temporary directory is being removed.
  const results = await Promise.allSettled(writers);
  await contents.return?.();
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return bytes;
}

/** Creates the file (never follows or replaces anything) and writes the chunks as they come. */
async function writeFile(
  path: string,
  content: AsyncIterable<Buffer>,
  signal: AbortSignal | undefined,
  onWritten: (count: number) => void,
): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for await (const chunk of content) {
      signal?.throwIfAborted();
      let written = 0;
      while (written < chunk.length) written += (await file.write(chunk, written)).bytesWritten;
      onWritten(written);
    }
  } finally {
    await file.close();
  }
  signal?.throwIfAborted();
}

function writingError(directory: string, error: unknown): unknown {
  if (error instanceof MarError || !(error instanceof Error) || !('syscall' in error)) return error;
  const code = systemCode(error);
  if (code === 'ENOTDIR' || code === 'EEXIST' || code === 'ENOTEMPTY') return takenTarget(directory, 'exists already');
  return new MarError(`${directory} cannot be written: ${messageOf(error)}`, {
    code: 'ERR_TARGET_UNWRITABLE',
    hint: code === 'ENOSPC' ? 'Free some space on this disk' : 'Check the permissions of its parent directory',
    cause: error,
  });
}
