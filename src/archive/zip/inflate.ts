import { Readable } from 'node:stream';
import { createInflateRaw, type InflateRaw, inflateRawSync } from 'node:zlib';
import { systemCode } from '#errors/mar-error.js';
import type { ArchiveEntry } from '../archive.js';
import type { ArchiveFile } from '../archive-file.js';
import { ArchiveError, problemOf } from '../problem.js';
import { Sums } from '../verified.js';

const CHUNK = 256 * 1024;
/** The least that zlib takes for the size of its output buffer. */
const LEAST_CHUNK = 64;

/** The content of a deflated entry: bounded on both sides, so that data hidden behind the deflate stream is an error too. */
export async function* inflated(
  file: ArchiveFile,
  entry: ArchiveEntry,
  start: number,
): AsyncGenerator<Buffer, void, undefined> {
  const compressed = Readable.from(file.chunks(start, start + entry.compressedSize), { objectMode: false });
  const inflate = createInflateRaw({ chunkSize: Math.min(CHUNK, Math.max(1024, entry.size + 64)) });
  // `pipe` does not pass errors on: a failed read of the file has to end the inflater.
  compressed.on('error', (error) => inflate.destroy(error));
  compressed.pipe(inflate);
  try {
    for await (const chunk of inflate) yield chunk;
    if (inflate.bytesWritten !== entry.compressedSize) throw dataBehind(file.source, entry);
  } catch (error) {
    throw error instanceof ArchiveError ? error : broken(file.source, entry, error);
  } finally {
    compressed.destroy();
    inflate.destroy();
  }
}

/**
 * The same in one call, for a small entry whose compressed bytes are at hand: a stream costs many times what inflating it does.
 * Never makes more than `entry.size` bytes, whatever the data would come to; `source` is the archive's name in messages.
 */
export function inflatedAtOnce(source: string, entry: ArchiveEntry, compressed: Buffer): Buffer {
  const { size } = entry;
  const options = { info: true, maxOutputLength: Math.max(1, size), chunkSize: Math.max(LEAST_CHUNK, size + 1) };
  try {
    const { content, consumed } = withConsumed(inflateRawSync(compressed, options));
    if (consumed !== compressed.length) throw dataBehind(source, entry);
    return content;
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    if (systemCode(error) === 'ERR_BUFFER_TOO_LARGE') throw new Sums(source, entry).tooLong();
    throw broken(source, entry, error);
  }
}

/** With `info`, zlib answers an object that its types do not know. */
function withConsumed(result: Buffer | { readonly buffer: Buffer; readonly engine: InflateRaw }): {
  readonly content: Buffer;
  readonly consumed: number;
} {
  if (Buffer.isBuffer(result)) throw new TypeError('zlib does not say how much it has read');
  return { content: result.buffer, consumed: result.engine.bytesWritten };
}

function dataBehind(source: string, entry: ArchiveEntry): ArchiveError {
  return fault(source, entry, 'has data behind the end of its deflate stream');
}

function broken(source: string, entry: ArchiveEntry, cause: unknown): ArchiveError {
  return fault(source, entry, 'has broken compressed data', cause);
}

function fault(source: string, entry: ArchiveEntry, reason: string, cause?: unknown): ArchiveError {
  const problem = problemOf('ERR_ENTRY_DATA', `entry "${entry.path}" ${reason}`, { entry: entry.path });
  return new ArchiveError(source, problem, cause);
}
