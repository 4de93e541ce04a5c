import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MarError, messageOf } from '#errors/mar-error.js';

/**
 * Writes the files and returns their paths, sorted. Nothing is written when one of them exists, unless `force` is given:
 * `ERR_FILE_EXISTS` names them all.
 */
export async function writeProject(
  directory: string,
  files: ReadonlyMap<string, Buffer>,
  force: boolean,
): Promise<string[]> {
  const paths = [...files.keys()].sort();
  const existing = paths.filter((path) => existsSync(join(directory, path)));
  if (existing.length > 0 && !force) {
    throw new MarError(`${directory} already holds ${existing.join(', ')}.`, {
      code: 'ERR_FILE_EXISTS',
    });
  }
  for (const [path, content] of files) {
    const target = join(directory, path);
    try {
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content);
    } catch (error) {
      throw new MarError(`${target} cannot be written: ${messageOf(error)}.`, {
        code: 'ERR_TARGET_UNWRITABLE',
        cause: error,
      });
    }
  }
  return paths;
}
