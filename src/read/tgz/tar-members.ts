import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import type { ArchiveFile } from '../archive-file.js';
import type { ReadLimits } from '../limits.js';
import { ArchiveError, type ArchiveProblem, problemOf } from '../problem.js';

const CHUNK = 64 * 1024;

/** One member of a tar in the order of the file; `content` has to be read, or left, before the next one is asked for. */
export interface TarMember {
  readonly header: Header;
  readonly content: AsyncIterable<Buffer>;
}

/** The members of a gzipped tar in one pass; fails on broken gzip or tar data and on what the limits forbid. */
export async function* tarMembers(
  file: ArchiveFile,
  limits: ReadLimits,
  signal?: AbortSignal,
): AsyncGenerator<TarMember, void, undefined> {
  const gunzip = createGunzip({ chunkSize: CHUNK });
  const tar = extract();
  const compressed = Readable.from(file.chunks(0, file.size), { objectMode: false });
  const unpacked = Readable.from(limited(gunzip, file, limits, signal), { objectMode: false });
  compressed.on('error', (error) => gunzip.destroy(error));
  unpacked.on('error', (error) => tar.destroy(error));
  // Nobody may be waiting for the next member when the parser fails: the iterator hands the error out when asked again.
  tar.on('error', () => undefined);
  compressed.pipe(gunzip);
  unpacked.pipe(tar);
  try {
    for await (const member of tar) {
      yield { header: member.header, content: buffers(member) };
      member.resume();
    }
    const left = file.size - gunzip.bytesWritten;
    if (left > 0)
      throw failure(file, 'ERR_ARCHIVE_TRAILING', 'there is data behind the end of the archive', `${left} bytes`);
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof ArchiveError ? error : new ArchiveError(file.source, problemFrom(error), error);
  } finally {
    compressed.destroy();
    gunzip.destroy();
    unpacked.destroy();
    tar.destroy();
  }
}

async function* buffers(chunks: AsyncIterable<unknown>): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of chunks) if (Buffer.isBuffer(chunk)) yield chunk;
}

/** Stops a bomb while it inflates. */
async function* limited(
  unpacked: AsyncIterable<Buffer>,
  file: ArchiveFile,
  limits: ReadLimits,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  let size = 0;
  for await (const chunk of unpacked) {
    signal?.throwIfAborted();
    size += chunk.length;
    if (size > limits.totalBytes) {
      throw failure(file, 'ERR_LIMIT_SIZE', 'it unpacks to too much', `over ${limits.totalBytes} bytes`);
    }
    if (size > limits.ratioFloor && size / file.size > limits.ratio) {
      throw failure(file, 'ERR_LIMIT_RATIO', 'it unpacks the way gzip bombs do', `over ${limits.ratio} to 1`);
    }
    yield chunk;
  }
}

function failure(file: ArchiveFile, code: ArchiveProblem['code'], message: string, found: string): ArchiveError {
  return new ArchiveError(file.source, problemOf(code, message, { found }));
}

function problemFrom(error: unknown): ArchiveProblem {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR' || message === 'Unexpected end of data') {
    return problemOf('ERR_ARCHIVE_TRUNCATED', 'it ends in the middle');
  }
  return problemOf('ERR_ARCHIVE_DAMAGED', 'it is not a readable gzipped tar', { found: message });
}
