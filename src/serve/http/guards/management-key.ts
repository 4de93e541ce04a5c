import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { MarError, messageOf } from '#errors/mar-error.js';

/** The token of one run, in a file like TorchServe's key_file.json. */
export interface ManagementKey {
  readonly key: string;
  /** Removes the file, if it still holds this run's key. */
  remove(): Promise<void>;
}

/**
 * Makes a token and writes it to `path`, readable by this user alone; the file of a server that is gone is replaced.
 * Throws `ERR_KEY_FILE`.
 */
export async function makeManagementKey(path: string): Promise<ManagementKey> {
  const key = randomBytes(24).toString('base64url');
  const content = `${JSON.stringify({ management: { key }, pid: process.pid }, null, 2)}\n`;
  try {
    if (!(await belongsToRunning(path))) await rm(path, { force: true });
    await writeFile(path, content, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new MarError(`The file for the management token cannot be written: ${messageOf(error)}`, {
      code: 'ERR_KEY_FILE',
      cause: error,
    });
  }
  return {
    key,
    remove: async () => {
      if ((await readFile(path, 'utf8').catch(() => '')) === content) await rm(path, { force: true });
    },
  };
}

/** True when the file names a process that still runs: another server's key. */
async function belongsToRunning(path: string): Promise<boolean> {
  const pid = Number(/"pid": (\d+)/.exec(await readFile(path, 'utf8').catch(() => ''))?.[1]);
  if (!Number.isSafeInteger(pid)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
