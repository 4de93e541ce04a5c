import { stat } from 'node:fs/promises';
import { MarError } from '#errors/mar-error.js';
import { MANIFEST_PATH } from './manifest.js';
import { isPackedDirectory } from './read-manifest.js';

/** What to say where a model did not come from `path` because it is a directory that nobody has packed; else undefined. */
export async function notPacked(path: string, source: string): Promise<MarError | undefined> {
  const directory = (await stat(path).catch(() => undefined))?.isDirectory();
  if (!directory || (await isPackedDirectory(path))) return undefined;
  return new MarError(`${source} has no ${MANIFEST_PATH}: it is no archive and no packed directory.`, {
    code: 'ERR_NOT_PACKED',
    hint: `Pack it first: mar build ${source}`,
  });
}
