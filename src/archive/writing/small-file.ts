import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { checkUnchanged, type FoundFile, type SourceFile, sourceFile, unreadableFile } from './source-file.js';

/** Files up to this size are read in one go: opening costs more than reading. */
export const SMALL_FILE = 128 * 1024;

/** Bytes that tell a format. */
const MAGIC = 4;

/** A file that was opened for the first time, with its content when that was wanted. */
export interface FirstLook {
  readonly source: SourceFile;
  /** The first bytes, which tell a format; overwritten by the next look. */
  readonly head: Buffer;
  readonly bytes?: Buffer;
}

/**
 * Opens a file once, for what it is and, when it is small and `wanted` says so, for its content too, which goes into
 * `memory` (of `SMALL_FILE` bytes).
 */
export function lookAt(found: FoundFile, memory: Buffer, wanted: (size: number) => boolean): FirstLook {
  return withFile(found, (descriptor) => {
    const stats = fstatSync(descriptor);
    const small = stats.size <= SMALL_FILE && wanted(stats.size);
    const bytes = readAll(descriptor, memory.subarray(0, small ? stats.size : MAGIC));
    const source = sourceFile(found, stats);
    const head = bytes.subarray(0, MAGIC);
    if (!small) return { source, head };
    checkUnchanged(source, { size: bytes.length, mtimeMs: source.mtimeMs });
    return { source, head, bytes };
  });
}

/** The content of a file of at most `SMALL_FILE` bytes. Throws when the file is not what it was at first sight. */
export function readSmallFile(source: SourceFile): Buffer {
  return withFile(source, (descriptor) => {
    checkUnchanged(source, fstatSync(descriptor));
    const bytes = readAll(descriptor, Buffer.allocUnsafe(source.size));
    checkUnchanged(source, { size: bytes.length, mtimeMs: source.mtimeMs });
    return bytes;
  });
}

/** What is done with an open file; failures are told in terms of the entry. */
function withFile<T>({ path, file }: FoundFile, work: (descriptor: number) => T): T {
  try {
    const descriptor = openSync(file, constants.O_RDONLY);
    try {
      return work(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw unreadableFile(path, error);
  }
}

/** As much of the beginning of a file as there is and `memory` holds. */
function readAll(descriptor: number, memory: Buffer): Buffer {
  let filled = 0;
  while (filled < memory.length) {
    const count = readSync(descriptor, memory, filled, memory.length - filled, filled);
    if (count === 0) break;
    filled += count;
  }
  return memory.subarray(0, filled);
}
