import { basename, join } from 'node:path';
import { type ExtractOptions, type ExtractResult, extractArchive } from './extract.js';
import { archiveEnding } from './formats.js';
import { type OpenOptions, openArchive } from './open.js';

/** Where an archive is extracted to when no directory is given: its name without the ending of an archive. */
function defaultTarget(archive: string, directory: string): string {
  const name = basename(archive);
  const ending = archiveEnding(name);
  return join(directory, ending === undefined ? `${name}.d` : name.slice(0, -ending.length));
}

export interface ExtractFileOptions extends ExtractOptions, Omit<OpenOptions, 'onRead'> {
  /** Where the default target goes; the process's own directory unless given. */
  readonly cwd?: string;
}

/** Opens an archive, writes it to a directory (default: named like the archive), all or nothing, and closes it. */
export async function extractFile(
  path: string,
  target?: string,
  options: ExtractFileOptions = {},
): Promise<ExtractResult> {
  const archive = await openArchive(path, options);
  try {
    return await extractArchive(archive, target ?? defaultTarget(path, options.cwd ?? '.'), options);
  } finally {
    await archive.close();
  }
}
