import { createHash } from 'node:crypto';
import type { WriterSettings } from './archive-writer.js';
import { plannedContent } from './make-content.js';
import type { PackedEntry } from './packed-entry.js';
import { isLarge, type PlannedEntry } from './planned-entry.js';
import { readChunks } from './read-source.js';

/**
 * Reads an entry's content once, hands every piece to `write` (which may keep it until the next but one) and returns the
 * entry as it stands uncompressed.
 */
export async function hashContent(
  entry: PlannedEntry,
  settings: WriterSettings,
  write: (piece: Buffer) => Promise<void> | undefined,
): Promise<PackedEntry> {
  const result = (size: number, sha256: string): PackedEntry => ({
    path: entry.path,
    size,
    compressedSize: size,
    compression: 'store',
    sha256,
  });
  if (!isLarge(entry)) {
    const { data, size, sha256 } = plannedContent(entry, settings.compressor);
    await write(data);
    settings.onBytes(size);
    return result(size, sha256);
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
