import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';

/** A file or directory that takes shape beside its target and becomes it in one step, or disappears. */
export interface Staging {
  readonly path: string;
  /** Puts it in the target's place. Without `force` an existing target is never replaced. */
  commit(force: boolean): Promise<void>;
  /** Removes what was staged; does nothing after a commit. */
  discard(): Promise<void>;
}

/**
 * Creates a hidden file or directory in the target's directory, or in another one of the same file system. It is removed
 * even when the process ends early.
 */
export async function stage(
  target: string,
  kind: 'file' | 'directory',
  folder: string = dirname(target),
): Promise<Staging> {
  const path = join(folder, `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  const cleanUp = (): void => {
    restore(path, target);
    rmSync(path, { recursive: true, force: true });
  };
  process.once('exit', cleanUp);
  try {
    if (kind === 'file') await (await open(path, 'wx')).close();
    else await mkdir(path);
  } catch (error) {
    process.off('exit', cleanUp);
    throw unwritable(folder, error);
  }
  return {
    path,
    async commit(force) {
      if (kind === 'file') await placeFile(path, target, force);
      else await placeDirectory(path, target, force);
      process.off('exit', cleanUp);
    },
    async discard() {
      process.off('exit', cleanUp);
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** Without force the name is taken first, by a link or an empty file: both fail when somebody else has it. */
async function placeFile(path: string, target: string, force: boolean): Promise<void> {
  if (force) return rename(path, target);
  try {
    await link(path, target);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw alreadyExists(target);
    await takeName(target);
    return rename(path, target);
  }
  await rm(path);
}

async function takeName(target: string): Promise<void> {
  try {
    await (await open(target, 'wx')).close();
  } catch (error) {
    throw systemCode(error) === 'EEXIST' ? alreadyExists(target) : error;
  }
}

async function placeDirectory(path: string, target: string, force: boolean): Promise<void> {
  if (!force) {
    return rename(path, target).catch((error: unknown) => {
      throw systemCode(error) === 'ENOTEMPTY' || systemCode(error) === 'EEXIST' ? alreadyExists(target) : error;
    });
  }
  await rename(target, replacedBy(path)).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT') throw error;
  });
  try {
    await rename(path, target);
  } catch (error) {
    restore(path, target);
    throw error;
  }
  await rm(replacedBy(path), { recursive: true, force: true });
}

/** Where the directory waits that a staged one replaces. */
function replacedBy(path: string): string {
  return `${path}.old`;
}

/** Brings a replaced directory back when its successor has not arrived; else removes it. */
function restore(path: string, target: string): void {
  const old = replacedBy(path);
  if (!existsSync(old)) return;
  if (existsSync(target)) rmSync(old, { recursive: true, force: true });
  else renameSync(old, target);
}

/** The target is there already and nobody said it may go. */
export function alreadyExists(target: string): MarError {
  return new MarError(`${target} already exists.`, {
    code: 'ERR_TARGET_EXISTS',
    hint: 'Use -f (--force) to replace it, or another --export-path or --model-name.',
  });
}

/** A failure to write, in terms of the place that was written to and the flag that names it. */
export function unwritable(place: string, cause: unknown, flag = '--export-path'): unknown {
  const code = systemCode(cause);
  if (cause instanceof MarError || code === undefined || !code.startsWith('E') || code.startsWith('ERR_')) return cause;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const reason = full
    ? 'the disk is full'
    : code === 'EACCES' || code === 'EPERM'
      ? 'permission denied'
      : code === 'EEXIST' || code === 'ENOTDIR'
        ? 'a file stands where a directory would go'
        : messageOf(cause);
  return new MarError(`Cannot write to ${place}: ${reason}. Nothing was left behind.`, {
    code: full ? 'ERR_DISK_FULL' : 'ERR_TARGET_UNWRITABLE',
    cause,
    hint: full ? `Free some space, or choose another ${flag}.` : `Choose another ${flag}.`,
  });
}
