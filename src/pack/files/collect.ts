import { isUtf8 } from 'node:buffer';
import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { sep } from 'node:path';
import { type FoundFile, unreadableFile } from '#archive/writing/source-file.js';
import { MarError } from '#errors/mar-error.js';
import { inside } from '#inside.js';
import type { LeftOut } from '../result.js';
import { exportedModel } from './earlier-build.js';
import { type IgnoreRules, WANTED } from './ignore-rules.js';

/** Why the target of a build is no part of it. */
export const THIS_BUILD = 'output of this build';

/** The files of a directory, in an order that depends on their names alone, and what was left out of them. */
export interface Collected {
  readonly files: FoundFile[];
  readonly leftOut: LeftOut[];
}

/** How a directory is walked. */
export interface CollectOptions {
  /** Put in front of every path in the archive. */
  readonly prefix?: string;
  /** Absolute path of what this build writes: no part of itself. */
  readonly output?: string | undefined;
}

interface Walk extends Collected {
  /** The directory's real path: links must stay inside. */
  readonly root: string;
  readonly rules: IgnoreRules;
  readonly prefix: string;
  readonly output: string | undefined;
}

/**
 * Walks a model directory. Links inside are followed once; links that leave it or lead nowhere, and everything that is
 * neither file nor directory (FIFO, socket, device), are errors. Names must be UTF-8.
 */
export function collectFiles(directory: string, rules: IgnoreRules, options: CollectOptions = {}): Collected {
  const root = realpathSync(directory);
  const { prefix = '', output } = options;
  const walk: Walk = { root, rules, prefix, output, files: [], leftOut: [] };
  walkDirectory(walk, root, '', [root]);
  return walk;
}

function walkDirectory(
  walk: Walk,
  directory: string,
  prefix: string,
  parents: readonly string[],
  wanted = false,
): void {
  const names = list(directory, prefix);
  const reason = prefix === '' ? undefined : notOurs(directory, names, wanted);
  if (reason !== undefined) {
    leave(walk, prefix, reason);
    return;
  }
  for (const entry of names) {
    visit(walk, `${directory}${sep}${entry.name}`, prefix + entry.name, entry, parents);
  }
}

/** Why a whole directory below the model's is left out for what lies in it. */
function notOurs(directory: string, names: readonly Dirent[], wanted: boolean): string | undefined {
  if (names.some(({ name }) => name === 'pyvenv.cfg')) return 'virtual environment';
  return !wanted && names.some(({ name }) => name === 'MAR-INF') ? exportedModel(directory) : undefined;
}

function visit(walk: Walk, file: string, path: string, entry: Dirent, parents: readonly string[]): void {
  const early = file === walk.output ? THIS_BUILD : walk.rules(entry.isDirectory() ? `${path}/` : path);
  if (typeof early === 'string') {
    leave(walk, entry.isDirectory() ? `${path}/` : path, early);
    return;
  }
  const target = entry.isSymbolicLink() ? followLink(walk, file, path) : file;
  const kind = entry.isSymbolicLink() ? statSync(target) : entry;
  if (kind.isFile()) {
    walk.files.push({ path: walk.prefix + path, file: target, ...(early === WANTED && { wanted: true }) });
    return;
  }
  if (!kind.isDirectory()) throw notAFile(path, kind);
  const verdict = entry.isSymbolicLink() ? walk.rules(`${path}/`) : early;
  const looped = parents.includes(target) ? 'link to a directory around it' : undefined;
  const reason = typeof verdict === 'string' ? verdict : target === walk.output ? THIS_BUILD : looped;
  if (reason !== undefined) leave(walk, `${path}/`, reason);
  else walkDirectory(walk, target, `${path}/`, [...parents, target], verdict === WANTED);
}

function leave(walk: Walk, path: string, reason: string): void {
  walk.leftOut.push({ path: walk.prefix + path, reason });
}

function list(directory: string, prefix: string): Dirent[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    if (entries.some(({ name }) => name.includes('\ufffd'))) checkUtf8(directory, prefix);
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw unreadableFile(prefix || directory, error);
  }
}

/** A replacement character may be in the name itself, or stand for bytes that are not UTF-8: only the bytes tell. */
function checkUtf8(directory: string, prefix: string): void {
  const broken = readdirSync(directory, { encoding: 'buffer' }).find((name) => !isUtf8(name));
  if (broken === undefined) return;
  throw new MarError(`The name of a file in ${prefix || 'the model directory'} is not UTF-8: ${escapeBytes(broken)}.`, {
    code: 'ERR_FILE_NAME',
  });
}

function escapeBytes(name: Buffer): string {
  const text = [...name].map((byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  );
  return `'${text.join('')}'`;
}

function followLink(walk: Walk, file: string, path: string): string {
  let target: string;
  try {
    target = realpathSync(file);
  } catch (cause) {
    throw new MarError(`The link ${path} leads nowhere.`, {
      code: 'ERR_LINK_BROKEN',
      cause,
    });
  }
  if (inside(walk.root, target) !== undefined) return target;
  throw new MarError(`The link ${path} leaves the model directory: it leads to ${target}.`, {
    code: 'ERR_LINK_OUTSIDE',
  });
}

/** Something that is neither file nor directory was named or found. */
export function notAFile(path: string, found: Pick<Stats, 'isFIFO' | 'isSocket'>): MarError {
  const kind = found.isFIFO() ? 'a FIFO' : found.isSocket() ? 'a socket' : 'a device';
  return new MarError(`${path} is ${kind}; only files and directories can be packed.`, {
    code: 'ERR_NOT_A_FILE',
  });
}
