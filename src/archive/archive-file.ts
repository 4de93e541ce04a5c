import { type FileHandle, open } from 'node:fs/promises';
import { ArchiveError, problemOf } from './problem.js';

const CHUNK = 512 * 1024;

/** An archive file opened for positional reads that stay inside it. Holds one file descriptor and no content. */
export class ArchiveFile {
  readonly source: string;
  /** Bytes when it was opened. */
  readonly size: number;
  readonly #handle: FileHandle;

  private constructor(source: string, size: number, handle: FileHandle) {
    this.source = source;
    this.size = size;
    this.#handle = handle;
  }

  /** Opens a regular file; `source` is its name in messages. */
  static async open(path: string, source = path): Promise<ArchiveFile> {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      return new ArchiveFile(source, size, handle);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Bytes `start` to `start + length`; all of them, or an error that the archive changed under us. */
  async read(start: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#handle.read(buffer, filled, length - filled, start + filled);
      if (bytesRead === 0) {
        throw new ArchiveError(
          this.source,
          problemOf('ERR_ARCHIVE_CHANGED', 'the file became shorter while being read'),
        );
      }
      filled += bytesRead;
    }
    return buffer;
  }

  /** The bytes from `start` up to `end` in chunks of at most 512 KiB; the next chunk is read while one is in use. */
  async *chunks(start: number, end: number): AsyncGenerator<Buffer, void, undefined> {
    let position = start;
    const next = (): Promise<Buffer> | undefined => {
      if (position >= end) return undefined;
      const length = Math.min(CHUNK, end - position);
      const chunk = this.read(position, length);
      chunk.catch(() => undefined);
      position += length;
      return chunk;
    };
    for (let pending = next(); pending !== undefined; ) {
      const chunk: Buffer = await pending;
      pending = next();
      yield chunk;
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
