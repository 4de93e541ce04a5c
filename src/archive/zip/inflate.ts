import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import type { ArchiveEntry } from '../archive.js';
import type { ArchiveFile } from '../archive-file.js';
import { ArchiveError, problemOf } from '../problem.js';

const CHUNK = 256 * 1024;

/** The content of a deflated entry: bounded on both sides, so that data hidden behind the deflate stream is an error too. */
export async function* inflated(
  file: ArchiveFile,
  entry: ArchiveEntry,
  start: number,
): AsyncGenerator<Buffer, void, undefined> {
  const broken = (reason: string, cause?: unknown): ArchiveError =>
    new ArchiveError(
      file.source,
      problemOf('ERR_ENTRY_DATA', `entry "${entry.path}" ${reason}`, { entry: entry.path }),
      cause,
    );
  const compressed = Readable.from(file.chunks(start, start + entry.compressedSize), { objectMode: false });
  const inflate = createInflateRaw({ chunkSize: Math.min(CHUNK, Math.max(1024, entry.size + 64)) });
  // `pipe` does not pass errors on: a failed read of the file has to end the inflater.
  compressed.on('error', (error) => inflate.destroy(error));
  compressed.pipe(inflate);
  try {
    for await (const chunk of inflate) yield chunk;
    if (inflate.bytesWritten !== entry.compressedSize) throw broken('has data behind the end of its deflate stream');
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    throw broken('has broken compressed data', error);
  } finally {
    compressed.destroy();
    inflate.destroy();
  }
}
