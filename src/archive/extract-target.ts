import type { Dirent } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { MarError, systemCode } from '#errors/mar-error.js';
import type { ArchiveEntry } from './archive.js';

/** Foreign files that an error names at most. */
const SHOWN = 5;

/**
 * Accepts a target that is absent, empty or holds nothing but what `replaceable` names: whoever extracts again loses none of
 * their own files. Throws `ERR_TARGET_EXISTS`.
 */
export async function checkTarget(directory: string, replaceable: readonly ArchiveEntry[]): Promise<void> {
  const known = new Set(replaceable.map(({ path }) => path));
  const files = ((await listIfThere(directory, true)) ?? []).filter((found) => !found.isDirectory());
  if (known.size === 0 && files.length > 0) throw takenTarget(directory, 'exists already and is not empty');
  const paths = files.map((file) => relative(directory, join(file.parentPath, file.name)).replaceAll(sep, '/'));
  const foreign = paths.filter((path) => !known.has(path)).sort();
  if (foreign.length === 0) return;
  const more = foreign.length > SHOWN ? ` and ${foreign.length - SHOWN} more` : '';
  throw new MarError(
    `${directory} holds files that the archive does not have: ${foreign.slice(0, SHOWN).join(', ')}${more}`,
    {
      code: 'ERR_TARGET_EXISTS',
      hint: '--force replaces an earlier extraction only; choose another directory, or move these files away',
    },
  );
}

/**
 * Puts the extracted files where they belong. A directory that is there already stays the same one (it may be somebody's
 * current directory); what it held goes to `aside`, and comes back when a move fails.
 */
export async function moveIntoPlace(content: string, directory: string, aside: string): Promise<void> {
  const before = await listIfThere(directory);
  if (before === undefined) {
    await rename(content, directory);
    return;
  }
  await mkdir(aside);
  const after = await readdir(content);
  const moves = [
    ...before.map(({ name }) => [join(directory, name), join(aside, name)] as const),
    ...after.map((name) => [join(content, name), join(directory, name)] as const),
  ];
  const done: typeof moves = [];
  try {
    for (const [from, to] of moves) {
      await rename(from, to);
      done.push([from, to]);
    }
  } catch (error) {
    for (const [from, to] of done.reverse()) await rename(to, from);
    throw error;
  }
}

/** The error for a target that cannot be taken, with what to do. */
export function takenTarget(directory: string, why: string): MarError {
  return new MarError(`${directory} ${why}`, {
    code: 'ERR_TARGET_EXISTS',
    hint: 'Choose another directory, or replace an earlier extraction with --force',
  });
}

/** What a directory holds; undefined where there is none. */
async function listIfThere(directory: string, recursive: boolean = false): Promise<Dirent[] | undefined> {
  try {
    return await readdir(directory, { recursive, withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
