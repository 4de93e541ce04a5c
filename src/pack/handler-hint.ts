import { readdirSync } from 'node:fs';
import { basename, extname, join, relative, sep } from 'node:path';
import { type HandlerReference, SCRIPT_EXTENSIONS } from '#handler/reference.js';
import { nearest } from '#nearest.js';

/** Folders below the one that is searched. */
const DEPTH = 3;
/** Names that are looked at: a hint is not worth a walk through a home directory. */
const MOST_NAMES = 5000;
/** Files that one sentence lists. */
const LISTED = 5;

/**
 * What to write in place of a handler that is not there: the same file in a folder, one of a similar name, or what there is.
 * `names` are the files that the reference could have meant.
 */
export function handlerHint(
  { file, entryPoint }: HandlerReference,
  names: readonly string[],
  directory: string,
): string {
  const files = handlersIn(directory);
  const wanted = names.map((name) => basename(name));
  const same = files.filter((path) => wanted.includes(basename(path)));
  const stem = basename(file, extname(file));
  const similar = same[0] ?? files.find((path) => nearest(stem, [basename(path, extname(path))]) !== undefined);
  if (similar !== undefined) return `Did you mean --handler ${withExport(similar, entryPoint)}?`;
  if (files.length === 0)
    return 'The directory holds no TypeScript, JavaScript or Python: put the handler there, or name a built-in service.';
  const more = files.length > LISTED ? ` and ${files.length - LISTED} more` : '';
  return `The directory holds ${files.slice(0, LISTED).join(', ')}${more}: name one of them, relative to it.`;
}

const withExport = (path: string, entryPoint: string | undefined): string =>
  entryPoint === undefined ? path : `${path}:${entryPoint}`;

/** Files with code, relative to the directory, those nearest to its top first. */
function handlersIn(directory: string): string[] {
  const found: string[] = [];
  let names = 0;
  let folders = [directory];
  for (let depth = 0; depth <= DEPTH && folders.length > 0; depth += 1) {
    const below: string[] = [];
    for (const folder of folders) {
      for (const entry of list(folder)) {
        names += 1;
        if (names > MOST_NAMES) return found;
        const path = join(folder, entry.name);
        if (entry.isDirectory() && !/^\.|^node_modules$|^__pycache__$/.test(entry.name)) below.push(path);
        else if (isCode(entry.name)) found.push(relative(directory, path).split(sep).join('/'));
      }
    }
    folders = below;
  }
  return found;
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

function isCode(name: string): boolean {
  const extension = extname(name);
  return (extension === '.py' || SCRIPT_EXTENSIONS.includes(extension)) && !/\.d\.[cm]?ts$|^mar\.config\./.test(name);
}
