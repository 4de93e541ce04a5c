import { stat } from 'node:fs/promises';
import { MarError } from '#errors/mar-error.js';
import { findManifestIn } from './read-manifest.js';
import { refusal } from './refuse.js';

/** What to say where a model did not come from `path` because it is a directory that nobody has packed; else undefined. */
export async function notPacked(path: string, source: string): Promise<MarError | undefined> {
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) return undefined;
  const found = await findManifestIn(path);
  const error = found.text ? undefined : refusal(found, source);
  return error && new MarError(error.message, { code: error.code, hint: `Pack it first: mar build ${source}` });
}
