import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { archiveEnding } from '#archive/formats.js';
import { MarError, systemCode } from '#errors/mar-error.js';
import { glob, isPattern } from '#glob.js';
import { locateManifest, manifestPathsIn } from '#manifest/locate.js';
import { MANIFEST_PATH } from '#manifest/manifest.js';

/**
 * The archives behind one argument: a file or model directory is itself; any other directory stands for the archives in
 * it; `*`, `?` and `[…]` match names. Throws `ERR_ARCHIVE_NOT_FOUND`, or `ERR_ARCHIVE_URL` for a URL.
 */
export async function findArchives(cwd: string, argument: string): Promise<string[]> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(argument)) {
    throw new MarError(`${argument} is a URL`, {
      code: 'ERR_ARCHIVE_URL',
      hint: 'download the archive first: curl -O, then validate the file',
    });
  }
  const found = await kindOf(resolve(cwd, argument), argument);
  if (found === 'file') return [argument];
  if (found === 'directory') return inDirectory(cwd, argument);
  if (isPattern(argument)) return matching(cwd, argument);
  throw notFound(`${argument} does not exist`, 'check the path');
}

async function kindOf(path: string, shown = path): Promise<'file' | 'directory' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new MarError(`${shown} cannot be read: ${code ?? String(error)}`, {
      code: 'ERR_ARCHIVE_UNREADABLE',
      cause: error,
    });
  }
}

/** A folder of archives is not an archive of 0.4 because one of them lies unpacked in it. */
async function inDirectory(cwd: string, directory: string): Promise<string[]> {
  const place = locateManifest(await manifestPathsIn(resolve(cwd, directory)));
  if (place?.modelDir === '') return [directory];
  const names = (await readdir(resolve(cwd, directory))).filter((name) => archiveEnding(name) !== undefined).sort();
  if (names.length > 0) return names.map((name) => join(directory, name));
  if (place !== undefined) return [directory];
  throw notFound(
    `${directory} holds no archive and is not a model directory`,
    `a model directory has ${MANIFEST_PATH}; make an archive of it: mar build ${directory}`,
  );
}

function matching(cwd: string, pattern: string): string[] {
  const found = glob(pattern, cwd);
  if (found.length > 0) return found;
  throw notFound(`no file matches ${pattern}`, `the folder looked into is ${dirname(pattern)}`);
}

function notFound(message: string, hint: string): MarError {
  return new MarError(message, { code: 'ERR_ARCHIVE_NOT_FOUND', hint });
}
