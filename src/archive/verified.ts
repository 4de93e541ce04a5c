import { crc32 } from 'node:zlib';
import type { ArchiveEntry } from './archive.js';
import { ArchiveError, type ProblemCode, problemOf } from './problem.js';

/** Passes an entry's content through and fails as soon as it is longer, and at the end if it is shorter or has another CRC. */
export async function* verified(
  source: string,
  entry: ArchiveEntry,
  content: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  const fail = (code: ProblemCode, reason: string, found: string | number, expected: string | number): never => {
    throw new ArchiveError(
      source,
      problemOf(code, `entry "${entry.path}" ${reason}`, { entry: entry.path, found, expected }),
    );
  };
  let size = 0;
  let crc = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > entry.size)
      fail('ERR_ENTRY_SIZE', 'holds more than was announced', `over ${entry.size} bytes`, entry.size);
    if (entry.crc32 !== undefined) crc = crc32(chunk, crc);
    yield chunk;
  }
  if (size !== entry.size) fail('ERR_ENTRY_SIZE', 'holds less than was announced', `${size} bytes`, entry.size);
  if (entry.crc32 !== undefined && crc !== entry.crc32) {
    fail('ERR_ENTRY_CRC', 'does not match its CRC-32', hex(crc), hex(entry.crc32));
  }
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
