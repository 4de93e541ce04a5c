import { createHash, hash } from 'node:crypto';
import type { WriterSettings } from './archive-writer.js';
import type { PlannedEntry } from './entry-plan.js';
import { readChunks, SMALL_FILE } from './read-source.js';
import type { PackedEntry } from './result.js';

/**
 * Reads an entry's content once, hands every piece to `write` (which may keep it until the next but one) and returns the
 * entry as it stands uncompressed.
 */
export async function hashContent(
  entry: PlannedEntry,
  settings: WriterSettings,
  write: (piece: Buffer) => Promise<void>,
): Promise<PackedEntry> {
  const result = (size: number, sha256: string): PackedEntry => ({
    path: entry.path,
    size,
    compressedSize: size,
    compression: 'store',
    sha256,
  });
  if (!('source' in entry) || entry.source.size <= SMALL_FILE) {
    const content = 'source' in entry ? settings.smallFiles.take(entry.source) : entry.bytes;
    await write(content);
    settings.onBytes(content.length);
    return result(content.length, hash('sha256', content));
  }
  const sha256 = createHash('sha256');
  let size = 0;
  for await (const chunk of readChunks(entry.source, settings.signal)) {
    await write(chunk);
    sha256.update(chunk);
    size += chunk.length;
    settings.onBytes(chunk.length);
  }
  return result(size, sha256.digest('hex'));
}
