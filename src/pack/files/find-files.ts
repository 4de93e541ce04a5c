import type { FoundFile } from '#archive/writing/source-file.js';
import { MarError } from '#errors/mar-error.js';
import type { PackOptions } from '../options.js';
import type { LeftOut, PackWarning } from '../result.js';
import type { PackTarget } from '../target.js';
import { collectFiles } from './collect.js';
import { extraFiles } from './extra-files.js';
import { ignoreRules } from './ignore-rules.js';
import { type NamedFiles, namedFiles } from './named-files.js';

/** Every file that a build starts from, none of them opened yet. */
export interface FilesToPack {
  /** Those of the model directory first. */
  readonly files: readonly FoundFile[];
  /** How many are of the model directory. */
  readonly ofModel: number;
  /** The manifest's fields for files named one by one. */
  readonly named: NamedFiles['fields'];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly PackWarning[];
}

/** Looks at the model directory, the files named one by one, and `--extra-files`; `target` itself is none of them. */
export function findFiles(modelDirectory: string | undefined, options: PackOptions, target: PackTarget): FilesToPack {
  const output = target.inPlace ? undefined : target.path;
  const model =
    modelDirectory === undefined
      ? { files: [], leftOut: [] }
      : collectFiles(modelDirectory, ignoreRules(modelDirectory, options.exclude ?? []), { output });
  if (modelDirectory !== undefined && model.files.length === 0) throw nothingToPack(options);
  const { files, fields } = namedFiles(options);
  const extra = extraFiles(options, output);
  return {
    files: [...model.files, ...files, ...extra.files],
    ofModel: model.files.length,
    named: fields,
    leftOut: [...model.leftOut, ...extra.leftOut],
    warnings: extra.warnings,
  };
}

/** `ERR_MODEL_EMPTY`. */
export function nothingToPack(options: PackOptions): MarError {
  return new MarError(`There is nothing to pack in ${options.modelPath ?? 'the files given'}.`, {
    code: 'ERR_MODEL_EMPTY',
  });
}
