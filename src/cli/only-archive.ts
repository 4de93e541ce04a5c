import { readdir } from 'node:fs/promises';
import { MarError, systemCode } from '#errors/mar-error.js';
import { printableLine } from '#printable.js';
import type { Io } from './command.js';

/**
 * What a command means that was given no archive: the only .mar of the working directory, said on standard error. Throws
 * `ERR_USAGE` where there is none or a choice.
 */
export async function onlyArchive(io: Io, command: string): Promise<string> {
  const archives = await archivesHere(io);
  const [only] = archives;
  if (only !== undefined && archives.length === 1) {
    io.stderr.write(`using ${printableLine(only)}, the only archive here\n`);
    return only;
  }
  const found = archives.length === 0 ? 'holds no .mar' : `holds ${archives.length}: ${listed(archives)}`;
  throw new MarError(`No archive is given, and the working directory ${found}.`, {
    code: 'ERR_USAGE',
    hint: only === undefined ? `Name one: mar ${command} model.mar` : `Name one: mar ${command} ${only}`,
  });
}

/** Names of the .mar files in the working directory, sorted; none where it cannot be read. */
export async function archivesHere({ cwd }: Io): Promise<string[]> {
  try {
    return (await readdir(cwd, { withFileTypes: true }))
      .filter((entry) => !entry.isDirectory() && /\.mar$/i.test(entry.name) && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (systemCode(error) !== undefined) return [];
    throw error;
  }
}

function listed(names: readonly string[]): string {
  const more = names.length - 5;
  return `${names.slice(0, 5).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
