import { existsSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { alreadyExists } from '#archive/writing/staging.js';
import { MarError } from '#errors/mar-error.js';
import { inside } from '#inside.js';
import { MANIFEST_PATH } from '#manifest/manifest.js';
import type { PackFormat, PackOptions } from './options.js';

/** Where the result goes. */
export interface Target {
  /** Absolute path of the archive file or directory. */
  readonly path: string;
  readonly format: PackFormat;
  /** The target is the model directory itself: only what the packer makes is written (`no-archive`). */
  readonly inPlace: boolean;
}

const SUFFIXES: Readonly<Record<PackFormat, string>> = {
  default: '.mar',
  'zip-store': '.mar',
  tgz: '.tar.gz',
  'no-archive': '',
};

/**
 * Checks the place before any work is done: the export path is a directory, nothing is overwritten without `force`, and
 * the result does not land inside the model directory, where the next build would find it.
 */
export function chooseTarget(options: PackOptions, modelDirectory: string | undefined): Target {
  const format = options.archiveFormat ?? 'default';
  const directory = resolve(options.cwd ?? '.', options.exportPath ?? '.');
  const stats = statSync(directory, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) {
    const place = options.exportPath ?? directory;
    throw new MarError(`The export path ${place} ${stats ? 'is not a directory' : 'does not exist'}.`, {
      code: 'ERR_EXPORT_PATH',
      kind: 'not-found',
      hint: stats ? 'Choose another --export-path.' : 'Create it first, or choose another --export-path.',
    });
  }
  const path = join(realpathSync(directory), options.modelName + SUFFIXES[format]);
  const inPlace = format === 'no-archive' && modelDirectory !== undefined && path === realpathSync(modelDirectory);
  if (!inPlace && modelDirectory !== undefined) checkOutside(path, modelDirectory);
  if (!options.dryRun) checkFree(path, format, options.force ?? false, inPlace);
  return { path, format, inPlace };
}

function checkOutside(path: string, modelDirectory: string): void {
  const within = inside(realpathSync(modelDirectory), path);
  if (within === undefined) return;
  throw new MarError(`The archive would be written into the model directory ${modelDirectory}, as ${within}.`, {
    code: 'ERR_TARGET_INSIDE_MODEL',
    kind: 'conflict',
    hint: 'Choose an --export-path outside of --model-path.',
  });
}

function checkFree(path: string, format: PackFormat, force: boolean, inPlace: boolean): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!force) throw alreadyExists(path);
  if (format !== 'no-archive') {
    if (found.isFile()) return;
    throw new MarError(`${path} is not a file, so --force cannot replace it.`, {
      code: 'ERR_TARGET_EXISTS',
      kind: 'conflict',
      hint: 'Move it away first.',
    });
  }
  if (inPlace || (found.isDirectory() && existsSync(join(path, MANIFEST_PATH)))) return;
  throw new MarError(`${path} is not an earlier export (it has no ${MANIFEST_PATH}), so --force does not replace it.`, {
    code: 'ERR_TARGET_EXISTS',
    kind: 'conflict',
    hint: 'Move it away first.',
  });
}
