import { basename, join } from 'node:path';
import { type ExtractOptions, type ExtractResult, extractArchive } from './extract.js';
import { type OpenOptions, openArchive } from './open.js';

/** Where an archive is extracted to when no directory is given: its name without `.mar`, `.zip`, `.tar.gz`, `.tgz` or `.model`. */
function defaultTarget(archive: string, directory: string): string {
  const name = basename(archive);
  const stem = name.replace(/\.(mar|zip|tar\.gz|tgz|model)$/i, '');
  return join(directory, stem === name || stem === '' ? `${name}.d` : stem);
}

export interface ExtractFileOptions extends ExtractOptions, OpenOptions {
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
