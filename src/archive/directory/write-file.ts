import type { FileHandle } from 'node:fs/promises';
import type { WriterSettings } from '../writing/archive-writer.js';
import { hashContent } from '../writing/hash-content.js';
import { OutputFile } from '../writing/output-file.js';
import type { PackedEntry } from '../writing/packed-entry.js';
import type { PlannedEntry } from '../writing/planned-entry.js';

/** Writes an entry's content to an open, empty file, hashing it on the way. Closing the file is the caller's. */
export async function writeFile(
  handle: FileHandle,
  entry: PlannedEntry,
  settings: WriterSettings,
): Promise<PackedEntry> {
  const output = new OutputFile(handle);
  const written = await hashContent(entry, settings, (piece) => output.append(piece));
  await output.flush();
  return written;
}
