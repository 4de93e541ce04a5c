import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import type { FoundFile } from '#archive/writing/source-file.js';
import { MarError } from '#errors/mar-error.js';
import { glob, isPattern } from '#glob.js';
import type { PackOptions } from '../options.js';
import type { LeftOut, PackWarning } from '../result.js';
import { collectFiles, notAFile, THIS_BUILD } from './collect.js';
import { ignoreRules } from './ignore-rules.js';

/** What `--extra-files` adds. */
export interface ExtraFiles {
  readonly files: readonly FoundFile[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly PackWarning[];
}

/**
 * Finds the files of a comma list of files, directories and patterns. A file lands at the top under its base name; `dir`
 * keeps its name and its tree, but beside files named one by one it puts its contents at the top, as TorchServe's archiver does,
 * with a warning; `dir/` does so everywhere, and `name=dir` puts them below the folder `name`. A file named by itself is packed even where the rules
 * for directories would leave it out, a model archive too; only `output`, the target of this build, never is.
 */
export function extraFiles(options: PackOptions, output?: string): ExtraFiles {
  const found: { files: FoundFile[]; leftOut: LeftOut[]; warnings: PackWarning[] } = {
    files: [],
    leftOut: [],
    warnings: [],
  };
  const cwd = options.cwd ?? process.cwd();
  for (const given of splitList(options.extraFiles ?? '')) {
    const { folder, item } = folderOf(given, cwd);
    const paths = isPattern(item) ? glob(item, cwd).map((path) => resolve(cwd, path)) : [existing(item, cwd)];
    if (paths.length === 0) {
      found.warnings.push({ code: 'no-match', message: `--extra-files: no file matches ${item}.` });
    }
    for (const path of paths) {
      const kind = statSync(path);
      if (realpathSync(path) === output) {
        found.leftOut.push({ path: basename(path), reason: THIS_BUILD });
        continue;
      }
      if (folder !== undefined && !kind.isDirectory()) {
        throw new MarError(`--extra-files names ${given}, and ${item} is not a directory.`, {
          code: 'ERR_FILE_MISSING',
        });
      }
      if (kind.isFile()) {
        found.files.push({ path: basename(path), file: realpathSync(path), wanted: !isPattern(item) });
        continue;
      }
      if (!kind.isDirectory()) throw notAFile(path, kind);
      const prefix = prefixOf(path, item, folder, options);
      if (prefix === '' && !endsInSlash(item)) found.warnings.push(flattened(relative(cwd, path)));
      const { files, leftOut } = collectFiles(path, ignoreRules(path, options.exclude ?? []), { prefix, output });
      found.files = found.files.concat(files);
      found.leftOut = found.leftOut.concat(leftOut);
    }
  }
  return found;
}

/** The folder and the directory of an item `name=dir`, relative to `cwd`; a file of that whole name goes first. */
export function folderOf(given: string, cwd: string): { folder?: string; item: string } {
  const [, folder, item] = /^([^\\/=]+)=(.+)$/.exec(given) ?? [];
  if (folder === undefined || item === undefined || folder === '.' || folder === '..') return { item: given };
  return existsSync(resolve(cwd, given)) ? { item: given } : { folder, item };
}

const endsInSlash = (item: string): boolean => /[\\/]$/.test(item);

/** Below which folder of the archive the contents of a directory go, slash included; empty for its top. */
function prefixOf(path: string, item: string, folder: string | undefined, { modelPath }: PackOptions): string {
  if (folder !== undefined) return `${folder}/`;
  // Files named one by one are TorchServe's form, whose archiver keeps no folder.
  return endsInSlash(item) || modelPath === undefined ? '' : `${basename(path)}/`;
}

function flattened(path: string): PackWarning {
  const message = `--extra-files: the contents of ${path} go to the top of the archive, as with torch-model-archiver. Say ${path}/ if that is meant, ${basename(path)}=${path} to keep them in a folder.`;
  return { code: 'extra-directory', message };
}

function splitList(list: string): string[] {
  return list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function existing(item: string, cwd: string): string {
  const path = resolve(cwd, item);
  if (statSync(path, { throwIfNoEntry: false })) return path;
  throw new MarError(`--extra-files names ${item}, which does not exist.`, {
    code: 'ERR_FILE_MISSING',
  });
}
