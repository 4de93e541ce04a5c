import { lstatSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MarError, messageOf } from '#errors/mar-error.js';

/** What became of the files of a project; paths relative to its directory, sorted. */
export interface WrittenProject {
  readonly written: readonly string[];
  /** Files that were there and stay as they are. */
  readonly kept: readonly string[];
  /** Copies of files that were replaced. */
  readonly backups: readonly string[];
}

/**
 * Writes the files that are missing. One that exists is kept; with `force` it is replaced, after a copy with `.bak` behind its
 * name where the content differs.
 */
export async function writeProject(
  directory: string,
  files: ReadonlyMap<string, Buffer>,
  force: boolean,
): Promise<WrittenProject> {
  const result = { written: [] as string[], kept: [] as string[], backups: [] as string[] };
  for (const [path, content] of [...files].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const target = join(directory, path);
    try {
      if (exists(target)) {
        if (!force) {
          result.kept.push(path);
          continue;
        }
        if (!readFileSync(target).equals(content)) {
          const backup = freeName(directory, path);
          await copyFile(target, join(directory, backup));
          result.backups.push(backup);
        }
      }
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content);
      result.written.push(path);
    } catch (error) {
      throw new MarError(`${target} cannot be written: ${messageOf(error)}.`, {
        code: 'ERR_TARGET_UNWRITABLE',
        cause: error,
      });
    }
  }
  return result;
}

/** `service.ts.bak`, `service.ts.bak2`, …: the first name that is free. */
function freeName(directory: string, path: string): string {
  for (let number = 1; ; number += 1) {
    const name = `${path}.bak${number === 1 ? '' : number}`;
    if (!exists(join(directory, name))) return name;
  }
}

/** A link that leads nowhere is there, too. */
function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
