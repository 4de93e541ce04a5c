import { existsSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { WrittenForm } from '#archive/format.js';
import { writtenForm } from '#archive/formats.js';
import { alreadyExists } from '#archive/writing/staging.js';
import { MarError } from '#errors/mar-error.js';
import { inside } from '#inside.js';
import { MANIFEST_PATH } from '#manifest/manifest.js';
import { archivedModel } from './files/earlier-build.js';
import type { PackOptions } from './options.js';

/** Where the result goes. */
export interface PackTarget {
  /** Absolute path of the archive file or directory. */
  readonly path: string;
  readonly form: WrittenForm;
  /** The target is the model directory itself: only what the packer makes is written (a directory). */
  readonly inPlace: boolean;
}

/**
 * Checks the place before any work is done: the export path is a directory, nothing is overwritten without `force`, and
 * what `force` replaces is an earlier build where it could be a part of the model, or hold it.
 */
export async function chooseTarget(options: PackOptions, modelDirectory: string | undefined): Promise<PackTarget> {
  const form = writtenForm(options.archiveFormat ?? (options.target === 'sagemaker' ? 'tgz-flat' : 'default'));
  const directory = resolve(options.cwd ?? '.', options.exportPath ?? '.');
  const stats = statSync(directory, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) {
    const place = options.exportPath ?? directory;
    throw new MarError(`The export path ${place} ${stats ? 'is not a directory' : 'does not exist'}.`, {
      code: 'ERR_EXPORT_PATH',
      hint: stats ? 'Choose another --export-path.' : 'Create it first, or choose another --export-path.',
    });
  }
  const path = join(realpathSync(directory), options.modelName + form.ending);
  const target = { path, form, inPlace: form.openInPlace !== undefined && path === modelDirectory };
  if (!target.inPlace && modelDirectory !== undefined && inside(path, modelDirectory) !== undefined)
    throw holdsTheModel(path);
  if (!options.dryRun && existsSync(path)) await checkReplaceable(target, modelDirectory, options);
  return target;
}

async function checkReplaceable(
  { path, form, inPlace }: PackTarget,
  modelDirectory: string | undefined,
  { force, signal }: PackOptions,
): Promise<void> {
  if (!force) throw alreadyExists(path);
  if (inPlace) return;
  const found = statSync(path);
  if (form.ending === '') {
    if (!found.isDirectory() || !existsSync(join(path, MANIFEST_PATH))) {
      throw notReplaced(path, `is not an earlier export (it has no ${MANIFEST_PATH})`);
    }
  } else if (!found.isFile()) {
    throw notReplaced(path, 'is not a file');
  } else if (modelDirectory !== undefined && inside(modelDirectory, path) !== undefined && !path.endsWith('.mar')) {
    const model = await archivedModel(path, signal);
    if (model === undefined) throw notReplaced(path, 'is a file of the model directory and not an earlier archive');
  }
}

function notReplaced(path: string, reason: string): MarError {
  return new MarError(`${path} ${reason}, so --force does not replace it.`, {
    code: 'ERR_TARGET_EXISTS',
    hint: 'Move it away first, or choose another --export-path or --model-name.',
  });
}

function holdsTheModel(path: string): MarError {
  return new MarError(
    `The directory to write, ${path}, holds the model directory: replacing it would delete the model.`,
    {
      code: 'ERR_TARGET_AROUND_MODEL',
    },
  );
}
