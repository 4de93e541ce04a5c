import { realpathSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { FoundFile } from '#archive/writing/source-file.js';
import { MarError } from '#errors/mar-error.js';
import type { PackOptions } from '../options.js';

/** The files that TorchServe's archiver takes one by one; each lands at the top of the archive under its base name. */
export interface NamedFiles {
  readonly files: readonly FoundFile[];
  /** The manifest's fields for them: base names. */
  readonly fields: {
    readonly serializedFile?: string;
    readonly modelFile?: string;
    readonly requirementsFile?: string;
    readonly configFile?: string;
  };
}

const FLAGS = {
  serializedFile: '--serialized-file',
  modelFile: '--model-file',
  requirementsFile: '--requirements-file',
  configFile: '--config-file',
} as const;

/** Finds the files of `--serialized-file` and its siblings. Throws `ERR_FILE_MISSING` naming the flag. */
export function namedFiles(options: PackOptions): NamedFiles {
  const files: FoundFile[] = [];
  const fields: Record<string, string> = {};
  for (const [name, flag] of Object.entries(FLAGS) as [keyof typeof FLAGS, string][]) {
    const given = options[name];
    if (!given) continue;
    const file = resolve(options.cwd ?? '.', given);
    const stats = statSync(file, { throwIfNoEntry: false });
    if (!stats?.isFile()) {
      throw new MarError(`${flag} names ${given}, which ${stats ? 'is not a file' : 'does not exist'}.`, {
        code: 'ERR_FILE_MISSING',
      });
    }
    const path = basename(file);
    files.push({ path, file: realpathSync(file), wanted: true });
    fields[name] = path;
  }
  return { files, fields };
}
