import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { MarError, messageOf } from '#errors.js';

/** The token of one run, in a file like TorchServe's key_file.json. */
export interface ManagementKey {
  readonly key: string;
  /** Removes the file, if it still holds this run's key. */
  remove(): Promise<void>;
}

/** Makes a token and writes it to `path`, readable by this user alone. Throws `ERR_KEY_FILE`. */
export async function makeManagementKey(path: string): Promise<ManagementKey> {
  const key = randomBytes(24).toString('base64url');
  const content = `${JSON.stringify({ management: { key } }, null, 2)}\n`;
  try {
    await rm(path, { force: true });
    await writeFile(path, content, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new MarError(`The file for the management token cannot be written: ${messageOf(error)}`, {
      code: 'ERR_KEY_FILE',
      kind: 'unavailable',
      hint: 'Set key_file to a path that can be written.',
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
