import { readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { FileEntry } from '#archive/writing/planned-entry.js';
import { sourceFile } from '#archive/writing/source-file.js';

/** The files below a folder of ours or of a package that `isWanted`, by their way from it; empty where there is no such folder. */
export async function filesOf(folder: string, isWanted: (path: string) => boolean): Promise<FileEntry[]> {
  const names = statSync(folder, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(folder, { recursive: true })
    : [];
  return names
    .map((name) => ({ path: String(name).split(sep).join('/'), file: join(folder, String(name)) }))
    .filter(({ path }) => isWanted(path))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .flatMap(({ path, file }) => {
      const stats = statSync(file);
      // They come from packages: no credential of the author is in them.
      return stats.isFile() ? [{ path, source: { ...sourceFile({ path, file }, stats), suspect: false } }] : [];
    });
}
