import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Header } from 'tar-stream';
import type { ArchiveFile } from '../archive-file.js';
import type { ReadLimits } from '../limits.js';
import { ArchiveError, type ArchiveProblem, problemOf } from '../problem.js';

const CHUNK = 64 * 1024;
const BLOCK = 512;
const PLAIN_NAME_BYTES = 100;

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
  const { extract } = await import('tar-stream');
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
  let expected = 0;
  try {
    for await (const member of tar) {
      if (member.offset > expected && !hasLongHeader(member.header)) {
        throw failure(file, 'ERR_ARCHIVE_AMBIGUOUS', 'it has members behind the end marker, where some readers stop');
      }
      expected = member.offset + BLOCK + Math.ceil(member.header.size / BLOCK) * BLOCK;
      yield { header: member.header, content: buffers(file, member) };
      member.resume();
    }
    const left = file.size - gunzip.bytesWritten;
    if (left > 0)
      throw failure(file, 'ERR_ARCHIVE_TRAILING', 'there is data behind the end of the archive', `${left} bytes`);
  } catch (error) {
    signal?.throwIfAborted();
    throw archiveError(file, error);
  } finally {
    compressed.destroy();
    gunzip.destroy();
    unpacked.destroy();
    tar.destroy();
  }
}

/** Whether a pax or GNU header stands in front, which takes blocks of its own. */
function hasLongHeader(header: Header): boolean {
  const long = [header.name, header.linkname ?? ''].some((name) => Buffer.byteLength(name) >= PLAIN_NAME_BYTES);
  return long || (header.pax !== null && header.pax !== undefined);
}

async function* buffers(file: ArchiveFile, chunks: AsyncIterable<unknown>): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const chunk of chunks) if (Buffer.isBuffer(chunk)) yield chunk;
  } catch (error) {
    throw archiveError(file, error);
  }
}

/** Stops a bomb while it inflates. */
async function* limited(
  unpacked: AsyncIterable<Buffer>,
  file: ArchiveFile,
  limits: ReadLimits,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  let size = 0;
  for await (const chunk of trailingTold(unpacked, file)) {
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

/** After a whole gzip, zlib takes what follows for another one: that it is none means that there is something behind the end. */
async function* trailingTold(
  unpacked: AsyncIterable<Buffer>,
  file: ArchiveFile,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* unpacked;
  } catch (error) {
    const [, , method] = await file.read(0, Math.min(3, file.size));
    const isDeflate = method === 8;
    throw isDeflate && error instanceof Error && error.message === 'incorrect header check' ? trailing(file) : error;
  }
}

function trailing(file: ArchiveFile, bytes?: number): ArchiveError {
  const found = bytes === undefined ? undefined : `${bytes} bytes`;
  return failure(file, 'ERR_ARCHIVE_TRAILING', 'there is data behind the end of the archive', found);
}

function failure(file: ArchiveFile, code: ArchiveProblem['code'], message: string, found?: string): ArchiveError {
  return new ArchiveError(file.source, problemOf(code, message, found === undefined ? {} : { found }));
}

function archiveError(file: ArchiveFile, error: unknown): ArchiveError {
  return error instanceof ArchiveError ? error : new ArchiveError(file.source, problemFrom(error), error);
}

function problemFrom(error: unknown): ArchiveProblem {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR' || message === 'Unexpected end of data') {
    return problemOf('ERR_ARCHIVE_TRUNCATED', 'it ends in the middle');
  }
  return problemOf('ERR_ARCHIVE_DAMAGED', 'it is not a readable gzipped tar', { found: message });
}
