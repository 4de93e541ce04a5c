import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';

/** Parses the text of a manifest, which is held to nothing yet; `what` names it in the error. Throws `ERR_MANIFEST_JSON`. */
export function parseManifestJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MarError(`${what} is not JSON: ${messageOf(cause)}.`, { code: 'ERR_MANIFEST_JSON', cause });
  }
}

/** A manifest of an unpacked archive, held to nothing; undefined where there is no such file. Throws `ERR_MANIFEST_JSON`. */
export async function readManifestFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
  return parseManifestJson(text, basename(path));
}
