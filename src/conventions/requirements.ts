import { posix } from 'node:path';

/** The requirements of a Python archive whose manifest names none in `requirementsFile`: at the top of the model directory. */
export const REQUIREMENTS_FILE = 'requirements.txt';

/** What a line of a requirements file asks for. */
export interface Requirement {
  /** Where the line begins, from 1. */
  readonly line: number;
  /** The name of the distribution, normalized as PyPI does, where the line says it. */
  readonly name?: string;
  /** A file or directory that pip opens, as the line names it. */
  readonly path?: string;
  /** The path is another requirements file, whose distributions are installed (`-r`) or only bounded (`-c`). */
  readonly list?: 'requirement' | 'constraint';
}

/** A file that a line names and that is not there. */
export interface MissingFile {
  /** The requirements file with the line, and where in it, from 1. */
  readonly file: string;
  readonly line: number;
  /** The path as the line names it. */
  readonly named: string;
}

/** What a requirements file and those that it names come to. */
export interface Requirements {
  /** Distributions that are installed, names normalized as PyPI does. */
  readonly names: ReadonlySet<string>;
  readonly missing: readonly MissingFile[];
}

/** Where a requirements file and what it names are looked up, by paths from the top of the model directory. */
export interface RequirementsPlace {
  /** The text of a file; undefined where there is none. */
  read(path: string): Promise<string | undefined>;
  /** Whether there is such a file, or a directory with files. */
  has(path: string): boolean;
}

/** Follows `file` and the lists that it names. Paths count from the file that names them; those that leave the model directory are missing. */
export async function followRequirements(file: string, place: RequirementsPlace): Promise<Requirements> {
  const names = new Set<string>();
  const missing: MissingFile[] = [];
  const seen = new Set([file]);
  const lists: { path: string; installs: boolean }[] = [{ path: file, installs: true }];
  for (const { path: from, installs } of lists) {
    for (const { line, name, path: named, list } of parseRequirements((await place.read(from)) ?? '')) {
      // pip finds lists beside the one that names them, everything else from where it runs: in the folder of the first.
      const path = named === undefined ? undefined : posix.join(posix.dirname(list ? from : file), named);
      const absent = path !== undefined && (isAbsolute(named) || !place.has(path));
      if (absent) missing.push({ file: from, line, named: named ?? '' });
      else if (name !== undefined && installs) names.add(name);
      if (absent || path === undefined || list === undefined || seen.has(path)) continue;
      seen.add(path);
      lists.push({ path, installs: installs && list === 'requirement' });
    }
  }
  return { names, missing };
}

const isAbsolute = (path: string | undefined): boolean => path !== undefined && /^(\/|[A-Za-z]:[\\/])/.test(path);

/** What the lines of a requirements file ask for, in pip's grammar; addresses and variables of the environment name no file. */
export function parseRequirements(text: string): Requirement[] {
  const found: Requirement[] = [];
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = index + 1;
    let whole = lines[index] ?? '';
    while (whole.endsWith('\\') && index + 1 < lines.length) {
      index += 1;
      whole = whole.slice(0, -1) + lines[index];
    }
    const requirement = parseLine(whole.replace(/(^|\s)#.*$/, '').trim());
    if (requirement !== undefined) found.push({ line, ...requirement });
  }
  return found;
}

const OPTION =
  /^(?:-([rcef])\s*=?\s*|--(requirement|constraint|editable|find-links)(?:\s*=\s*|\s+))(?:"([^"]+)"|'([^']+)'|(.+))$/;
const LETTERS: Readonly<Record<string, string>> = { r: 'requirement', c: 'constraint', e: 'editable', f: 'find-links' };

function parseLine(text: string): Omit<Requirement, 'line'> | undefined {
  const [, letter = '', word = LETTERS[letter], double, single, bare = ''] = OPTION.exec(text) ?? [];
  const value = double ?? single ?? bare.trim();
  if (word === 'requirement' || word === 'constraint') {
    const path = localPath(value);
    return path === undefined ? undefined : { path, list: word };
  }
  if (word === 'find-links') return fileOnly(localPath(value));
  if (word === 'editable') return fileOnly(localPath(withoutMarks(value)));
  if (text === '' || text.startsWith('-')) return undefined;
  const target = withoutMarks(text);
  const direct = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*@\s*(.+)$/.exec(target);
  if (direct) return { ...named(direct[1]), ...(/^file:/i.test(direct[2] ?? '') && fileOnly(localPath(direct[2]))) };
  if (/^[a-z][a-z0-9+]*:\/\//i.test(target) && !/^file:/i.test(target)) return named(distributionOf(target));
  const isPath = /^(file:|\.{1,2}([\\/]|$)|~)|[\\/]|\.(whl|zip|tar(\.(gz|bz2|xz))?|tgz)$/i.test(target);
  if (isPath) return { ...named(distributionOf(target)), ...fileOnly(localPath(target)) };
  return named(/^[A-Za-z0-9][\w.-]*/.exec(target)?.[0]);
}

/** A requirement without its environment marker, the options of its line, and its extras. */
function withoutMarks(text: string): string {
  return text
    .replace(/\s+--?[a-z].*$/, '')
    .replace(/(\s*;|\s+;).*$/, '')
    .replace(/\[[^\]]*\]$/, '')
    .trim();
}

/** A path that pip opens; undefined for an address, and where a variable of the environment is part of it. */
function localPath(value = ''): string | undefined {
  if (value === '' || /\$\{[A-Z0-9_]+\}/.test(value)) return undefined;
  const file = /^file:(?:\/\/(?:localhost)?(?=\/))?(.*)$/i.exec(value)?.[1];
  if (file !== undefined) return decoded(file.replace(/#.*$/, ''));
  return /^[a-z][a-z0-9+]*:\/\//i.test(value) ? undefined : value;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const fileOnly = (path: string | undefined): { path?: string } => (path === undefined ? {} : { path });

/** The distribution that the name of a wheel or source archive says. */
function distributionOf(path: string): string | undefined {
  const file =
    path
      .replace(/[?#].*$/, '')
      .split(/[\\/]/)
      .at(-1) ?? '';
  return /^([A-Za-z0-9][\w.]*)-[^-]+-.*\.whl$/.exec(file)?.[1] ?? /^(.+)-\d[^-]*\.(zip|tar|tgz)/.exec(file)?.[1];
}

const named = (name: string | undefined): { name?: string } =>
  name === undefined ? {} : { name: name.toLowerCase().replace(/[-_.]+/g, '-') };
