import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { throwIfAborted } from './options.js';
import { checkUnchanged, type SourceFile, sourceFile, unreadable } from './source-file.js';

/** Files up to this size are read in one go: opening costs more than reading. */
export const SMALL_FILE = 128 * 1024;
const CHUNK = 1024 * 1024;

/** What is done with an open file; failures are told in terms of the entry. */
function withFile<T>(path: string, file: string, work: (descriptor: number) => T): T {
  try {
    const descriptor = openSync(file, 'r');
    try {
      return work(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The whole content of a small file. Throws when it is not as long as it was when it was collected. */
function readAll(descriptor: number, source: SourceFile): Buffer {
  const content = Buffer.allocUnsafe(source.size);
  let filled = 0;
  while (filled < content.length) {
    const count = readSync(descriptor, content, filled, content.length - filled, filled);
    if (count === 0) break;
    filled += count;
  }
  checkUnchanged(source, { size: filled, mtimeMs: source.mtimeMs });
  return content;
}

function readSmallFile(source: SourceFile): Buffer {
  return withFile(source.path, source.file, (descriptor) => {
    checkUnchanged(source, fstatSync(descriptor));
    return readAll(descriptor, source);
  });
}

/** Small files are opened once, when they are collected, and their contents kept until they are packed: at most 32 MiB. */
export class SmallFiles {
  readonly #kept = new Map<SourceFile, Buffer>();
  #room = 32 * 1024 * 1024;

  /** Describes a regular file, and keeps its content when it is small and there is room. */
  collect(path: string, file: string): SourceFile {
    return withFile(path, file, (descriptor) => {
      const source = sourceFile(path, file, fstatSync(descriptor));
      if (source.size <= SMALL_FILE && source.size <= this.#room) {
        this.#room -= source.size;
        this.#kept.set(source, readAll(descriptor, source));
      }
      return source;
    });
  }

  /** The content of a file of at most `SMALL_FILE` bytes, which stays kept. */
  peek(source: SourceFile): Buffer {
    return this.#kept.get(source) ?? readSmallFile(source);
  }

  /** The content of a file of at most `SMALL_FILE` bytes, which is let go. */
  take(source: SourceFile): Buffer {
    const content = this.peek(source);
    if (this.#kept.delete(source)) this.#room += content.length;
    return content;
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
