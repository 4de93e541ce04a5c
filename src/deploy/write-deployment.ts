import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Staging, stage, unwritable } from '#archive/writing/staging.js';
import { MarError } from '#errors/mar-error.js';

/** A file of a deployment: its text, or the file that it is a copy of. */
export type DeployedFile = { readonly text: string } | { readonly copyOf: string };

/**
 * Writes files into a directory, which is made where it is missing: all of them, or none. Without `force`, `ERR_TARGET_EXISTS` where one is
 * there already; a file that would be copied onto itself stays. Throws `ERR_TARGET_UNWRITABLE` where no directory can be.
 */
export async function writeDeployment(
  directory: string,
  files: Readonly<Record<string, DeployedFile>>,
  force: boolean,
): Promise<void> {
  const wanted = Object.entries(files).filter(
    ([name, file]) => !('copyOf' in file && file.copyOf === join(directory, name)),
  );
  const taken = wanted.map(([name]) => join(directory, name)).find((path) => existsSync(path));
  if (taken !== undefined && !force) {
    throw new MarError(`${taken} already exists.`, {
      code: 'ERR_TARGET_EXISTS',
      hint: 'Use -f (--force) to replace it, or another --out.',
    });
  }
  const made = await mkdir(directory, { recursive: true }).catch((error: unknown) => {
    throw unwritable(directory, error, '--out');
  });
  const staged: [target: string, Staging][] = [];
  const placed: string[] = [];
  try {
    for (const [name, file] of wanted) {
      const target = join(directory, name);
      const staging = await stage(target, 'file');
      staged.push([target, staging]);
      if ('text' in file) await writeFile(staging.path, file.text);
      else await copyFile(file.copyOf, staging.path);
    }
    for (const [target, staging] of staged) {
      const isNew = !existsSync(target);
      await staging.commit(force);
      if (isNew) placed.push(target);
    }
  } catch (error) {
    for (const [, staging] of staged) await staging.discard();
    for (const path of placed) await rm(path, { force: true });
    if (made !== undefined) await rmdir(directory).catch(() => {});
    throw error;
  }
}
