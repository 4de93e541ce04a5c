import { createHash } from 'node:crypto';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive, ArchiveEntry } from '#archive/archive.js';

/**
 * Where the content of an archive lies: hex SHA-256 of its listing (paths, sizes, CRCs). Equal content has an equal address;
 * the converse is for `holdsArchive` to say.
 */
export function addressOf(entries: readonly ArchiveEntry[]): string {
  const listing = entries.map(({ path, size, crc32 }) => [path, size, crc32]).sort();
  return createHash('sha256').update(JSON.stringify(listing)).digest('hex');
}

/** True when the folder holds exactly the files of the archive, byte for byte. */
export async function holdsArchive(dir: string, archive: Archive, signal: AbortSignal): Promise<boolean> {
  const listed = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = listed.filter((entry) => !entry.isDirectory());
  if (files.length !== archive.entries.length || !files.every((file) => file.isFile())) return false;
  for await (const { entry, content } of archive.walk()) {
    signal.throwIfAborted();
    if (!(await holdsBytes(join(dir, entry.path), content))) return false;
  }
  return true;
}

async function holdsBytes(path: string, content: AsyncIterable<Buffer>): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (!file) return false;
  try {
    let position = 0;
    for await (const chunk of content) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(chunk.length), 0, chunk.length, position);
      if (bytesRead !== chunk.length || !buffer.equals(chunk)) return false;
      position += bytesRead;
    }
    return (await file.stat()).size === position;
  } finally {
    await file.close();
  }
}
