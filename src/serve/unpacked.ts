import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { crc32 } from 'node:zlib';
import type { ArchiveEntry } from '#read/archive.js';

/** Hex SHA-256 of a file. */
export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest('hex');
}

/** True when the folder holds exactly the entries, each with the size and CRC-32 that the archive records. */
export async function holdsEntries(dir: string, entries: readonly ArchiveEntry[]): Promise<boolean> {
  const expected = new Map(entries.map((entry) => [entry.path, entry]));
  const listed = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = listed.filter((entry) => !entry.isDirectory());
  if (files.length !== expected.size) return false;
  for (const file of files) {
    const path = join(file.parentPath, file.name);
    const entry = expected.get(relative(dir, path).split(sep).join('/'));
    if (!entry || entry.crc32 === undefined || !file.isFile()) return false;
    const size = (await stat(path).catch(() => undefined))?.size;
    if (size !== entry.size || (await crcOf(path)) !== entry.crc32) return false;
  }
  return true;
}

async function crcOf(path: string): Promise<number> {
  let value = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) value = crc32(chunk, value);
  return value;
}
