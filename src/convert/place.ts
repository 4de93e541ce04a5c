import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { archiveEnding } from '#archive/formats.js';
import { MarError } from '#errors/mar-error.js';
import { inside } from '#inside.js';
import type { ConversionTarget } from './conversion.js';

/** Where the result goes: what was asked for, or NAME-TARGET beside the archive. */
export function outputOf(archive: string, { name, ending }: ConversionTarget, out: string | undefined): string {
  if (out !== undefined) return resolve(out);
  const path = resolve(archive);
  const old = archiveEnding(path) ?? '';
  return `${path.slice(0, path.length - old.length)}-${name.replace(/-tar$/, '')}${ending}`;
}

/**
 * Refuses a place where something of the user's would be lost: the archive itself, what lies there without `force`, and with it
 * everything that is of another kind. Throws `ERR_OPTION` and `ERR_TARGET_EXISTS`.
 */
export async function checkPlace(archive: string, output: string, isDirectory: boolean, force: boolean): Promise<void> {
  const [source, place] = [await realpath(archive), await realpath(output).catch(() => undefined)];
  const folder = await realpath(dirname(output)).catch(() => dirname(output));
  const holds = place !== undefined && inside(place, source) !== undefined;
  const isIn = (await stat(source)).isDirectory() && inside(source, folder) !== undefined;
  if (holds || isIn) {
    throw new MarError(
      `${output} ${holds ? 'is, or holds,' : 'lies in'} the archive that is converted, which stays as it is.`,
      {
        code: 'ERR_OPTION',
        hint: 'Name another place with --out.',
      },
    );
  }
  if (place === undefined) return;
  if (!force)
    throw taken(
      output,
      'exists already',
      'Replace an earlier conversion with --force, or name another place with --out.',
    );
  if ((await stat(place)).isDirectory() !== isDirectory)
    throw taken(output, `is ${isDirectory ? 'not a directory' : 'a directory'}`, 'Name another place with --out.');
}

/** Files that an error names at most. */
const SHOWN = 5;

/** Of a directory that `--force` replaces: it holds nothing but what the conversion writes. Throws `ERR_TARGET_EXISTS`. */
export async function checkReplaced(output: string, written: readonly string[]): Promise<void> {
  const found: Dirent[] = await readdir(output, { recursive: true, withFileTypes: true }).catch(() => []);
  const known = new Set(written);
  const foreign = found
    .filter((file) => !file.isDirectory())
    .map((file) => relative(output, join(file.parentPath, file.name)).replaceAll(sep, '/'))
    .filter((path) => !known.has(path))
    .sort();
  if (foreign.length === 0) return;
  const more = foreign.length > SHOWN ? ` and ${foreign.length - SHOWN} more` : '';
  throw taken(
    output,
    `holds files that this conversion does not write: ${foreign.slice(0, SHOWN).join(', ')}${more}`,
    'Move them away, or name another place with --out.',
  );
}

function taken(output: string, why: string, hint: string): MarError {
  return new MarError(`${output} ${why}.`, { code: 'ERR_TARGET_EXISTS', hint });
}
