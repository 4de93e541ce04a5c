import { realpathSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
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
 * keeps its name and its tree; `dir/` puts its contents at the top. A file named by itself is packed even where the rules
 * for directories would leave it out, a model archive too; only `output`, the target of this build, never is.
 */
export function extraFiles(options: PackOptions, output?: string): ExtraFiles {
  const found: { files: FoundFile[]; leftOut: LeftOut[]; warnings: PackWarning[] } = {
    files: [],
    leftOut: [],
    warnings: [],
  };
  const cwd = options.cwd ?? process.cwd();
  for (const item of splitList(options.extraFiles ?? '')) {
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
      if (kind.isFile()) {
        found.files.push({ path: basename(path), file: realpathSync(path), wanted: !isPattern(item) });
        continue;
      }
      if (!kind.isDirectory()) throw notAFile(path, kind);
      const prefix = /[\\/]$/.test(item) ? '' : `${basename(path)}/`;
      const { files, leftOut } = collectFiles(path, ignoreRules(path, options.exclude ?? []), { prefix, output });
      found.files = found.files.concat(files);
      found.leftOut = found.leftOut.concat(leftOut);
    }
  }
  return found;
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
