import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { systemCode } from '#errors/mar-error.js';
import { MANIFEST_PATH } from './manifest.js';

/** Where the manifest of an archive lies. */
export interface ManifestPlace {
  /** Its path in the archive, with forward slashes. */
  readonly path: string;
  /** A manifest of Multi Model Server 0.4, with other names for its fields. */
  readonly legacy: boolean;
  /** The folder that holds the model: empty for the archive itself, a name for an archive of 0.4 with a folder around it. */
  readonly modelDir: string;
}

/** Where the manifest of every archive of today lies. */
export const CURRENT_PLACE: ManifestPlace = { path: MANIFEST_PATH, legacy: false, modelDir: '' };

/**
 * Finds the manifest among the paths of an archive as Multi Model Server does (measured): `MAR-INF/MANIFEST.json`, else the
 * manifest of 0.4: `MANIFEST.json` at the top, or one folder down, there in upper or lower case. Of several folders the first
 * by name counts; the server takes whichever its file system lists first.
 */
export function locateManifest(paths: Iterable<string>): ManifestPlace | undefined {
  let top = false;
  let nested: string | undefined;
  for (const path of paths) {
    if (path === MANIFEST_PATH) return CURRENT_PLACE;
    if (path === 'MANIFEST.json') top = true;
    else if (isNested(path) && (nested === undefined || path < nested)) nested = path;
  }
  if (top) return { path: 'MANIFEST.json', legacy: true, modelDir: '' };
  return nested === undefined ? undefined : { path: nested, legacy: true, modelDir: nested.split('/')[0] ?? '' };
}

/** The first path, in their order, whose name is that of a manifest where nobody looks for one: in lower case, or too deep. For messages. */
export function misplacedManifest(paths: Iterable<string>): string | undefined {
  let first: string | undefined;
  for (const path of paths)
    if (/(^|\/)manifest\.json$/i.test(path) && (first === undefined || path < first)) first = path;
  return first;
}

/** Everything below a directory, as paths in it. */
export async function filesBelow(directory: string): Promise<string[]> {
  const paths = await readdir(directory, { recursive: true }).catch(nothingThere);
  return sep === '/' ? paths : paths.map((path) => path.replaceAll(sep, '/'));
}

/** Not in MAR-INF: a manifest there in lower case is one of 1.0 that no server finds. */
function isNested(path: string): boolean {
  return /^[^/]+\/manifest\.json$/i.test(path) && !path.startsWith('MAR-INF/');
}

/** The files of a directory on disk that may be its manifest, as paths in it: all that `locateManifest` needs of them. */
export async function manifestPathsIn(directory: string): Promise<string[]> {
  if ((await stat(join(directory, MANIFEST_PATH)).catch(() => undefined))?.isFile()) return [MANIFEST_PATH];
  const entries = await list(directory);
  const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  const nested = folders.map(async ({ name }) =>
    (await list(join(directory, name))).map((file) => ({ file, path: `${name}/${file.name}` })),
  );
  return [...entries.map((file) => ({ file, path: file.name })), ...(await Promise.all(nested)).flat()]
    .filter(({ file, path }) => !file.isDirectory() && /(^|\/)manifest\.json$/i.test(path))
    .map(({ path }) => path);
}

async function list(directory: string) {
  return readdir(directory, { withFileTypes: true }).catch(nothingThere);
}

function nothingThere(error: unknown): [] {
  if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
  throw error;
}
