import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { throwIfAborted } from './options.js';
import { checkUnchanged, type SourceFile, unreadable } from './source-file.js';

/** Files up to this size are read in one go: opening costs more than reading. */
export const SMALL_FILE = 128 * 1024;
const CHUNK = 1024 * 1024;

/** The whole content of a file of at most `SMALL_FILE` bytes. Throws when it changed since it was collected. */
function readSmallFile(source: SourceFile): Buffer {
  try {
    const descriptor = openSync(source.file, 'r');
    try {
      checkUnchanged(source, fstatSync(descriptor));
      const content = Buffer.allocUnsafe(source.size);
      let filled = 0;
      while (filled < content.length) {
        const count = readSync(descriptor, content, filled, content.length - filled, filled);
        if (count === 0) break;
        filled += count;
      }
      checkUnchanged(source, { size: filled, mtimeMs: source.mtimeMs });
      return content;
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw unreadable(source.path, error);
  }
}

/** Contents of small files that were read ahead of being packed, so that each is opened once; holds at most 32 MiB. */
export class SmallFiles {
  readonly #kept = new Map<SourceFile, Buffer>();
  #room = 32 * 1024 * 1024;

  /** Reads a file of at most `SMALL_FILE` bytes and keeps it for `take`, while there is room. */
  peek(source: SourceFile): Buffer {
    const content = readSmallFile(source);
    if (content.length <= this.#room) {
      this.#room -= content.length;
      this.#kept.set(source, content);
    }
    return content;
  }

  /** The content of a file of at most `SMALL_FILE` bytes, kept or read now. */
  take(source: SourceFile): Buffer {
    const kept = this.#kept.get(source);
    if (kept === undefined) return readSmallFile(source);
    this.#kept.delete(source);
    this.#room += kept.length;
    return kept;
  }
}

/**
 * The content of a file in chunks of 1 MiB, each read while the one before is being worked on. A chunk's memory is used
 * again: it is valid until the next but one is asked for. Throws when the file changed since it was collected.
 */
export async function* readChunks(source: SourceFile, signal?: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  const handle = await open(source.file, 'r').catch((error: unknown) => {
    throw unreadable(source.path, error);
  });
  try {
    checkUnchanged(source, await handle.stat());
    const size = Math.min(CHUNK, Math.max(1, source.size));
    let [ahead, after, then] = [Buffer.allocUnsafe(size), Buffer.allocUnsafe(size), Buffer.allocUnsafe(size)];
    let total = 0;
    let next = handle.read(ahead, 0, size, 0);
    for (;;) {
      const { bytesRead, buffer } = await next;
      if (bytesRead === 0) break;
      total += bytesRead;
      throwIfAborted(signal);
      [ahead, after, then] = [after, then, ahead];
      next = handle.read(ahead, 0, size, total);
      next.catch(() => {});
      yield buffer.subarray(0, bytesRead);
    }
    checkUnchanged(source, { size: total, mtimeMs: (await handle.stat()).mtimeMs });
  } catch (error) {
    throw unreadable(source.path, error);
  } finally {
    await handle.close();
  }
}
