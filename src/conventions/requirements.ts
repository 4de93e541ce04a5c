import { posix } from 'node:path';
import { editableFault, requiredFault } from './requirement-faults.js';
import { type LineOption, logicalLines, normalizedName, splitLine } from './requirement-line.js';

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
  /** The path is a directory that is installed, and no archive of a package. */
  readonly isProject?: true;
  /** The path is another requirements file, whose distributions are installed (`-r`) or only bounded (`-c`). */
  readonly list?: 'requirement' | 'constraint';
  /** Why pip refuses the line, as the rest of a sentence about it. */
  readonly fault?: string;
}

/** A line that pip refuses. */
export interface RefusedLine {
  /** The requirements file with the line, and where in it, from 1. */
  readonly file: string;
  readonly line: number;
  /** Why, as the rest of a sentence about the line. */
  readonly fault: string;
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
  /** Lines at which pip stops, lists that lead back to themselves among them. */
  readonly refused: readonly RefusedLine[];
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
  const refused: RefusedLine[] = [];
  const seen = new Set([file]);
  const lists: List[] = [{ path: file, installs: true, above: [] }];
  for (const { path: from, installs, above } of lists) {
    for (const { line, name, path: named, list, isProject, fault } of parseRequirements(
      (await place.read(from)) ?? '',
    )) {
      if (fault !== undefined) refused.push({ file: from, line, fault });
      // pip finds lists beside the one that names them, everything else from where it runs: in the folder of the first.
      const path = named === undefined ? undefined : posix.join(posix.dirname(list ? from : file), named);
      const absent = fault === undefined && path !== undefined && (isAbsolute(named) || !place.has(path));
      if (isProject && path !== undefined && !absent && !PROJECT.some((name) => place.has(posix.join(path, name))))
        refused.push({
          file: from,
          line,
          fault: `names the directory ${named}, which has no pyproject.toml and no setup.py`,
        });
      if (absent) missing.push({ file: from, line, named: named ?? '' });
      else if (name !== undefined && installs) names.add(name);
      if (absent || path === undefined || list === undefined) continue;
      const parents = [...above, from];
      if (parents.includes(path))
        refused.push({ file: from, line, fault: `leads back to ${path}, which names this file` });
      if (seen.has(path)) continue;
      seen.add(path);
      lists.push({ path, installs: installs && list === 'requirement', above: parents });
    }
  }
  return { names, missing, refused };
}

/** What makes a directory one that pip installs. */
const PROJECT = ['pyproject.toml', 'setup.py'];

/** A list to be read, and those that led to it. */
interface List {
  readonly path: string;
  readonly installs: boolean;
  readonly above: readonly string[];
}

/** The text of a requirements file: a byte order mark says UTF-16 (as PowerShell writes it), else it is UTF-8. */
export function requirementsText(bytes: Buffer): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return bytes.toString('utf16le', 2);
  if (first === 0xfe && second === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length & ~1))
      .swap16()
      .toString('utf16le');
  return bytes.toString('utf8');
}

const isAbsolute = (path: string | undefined): boolean => path !== undefined && /^(\/|[A-Za-z]:[\\/])/.test(path);

/** What the lines of a requirements file ask for, in pip's grammar; addresses and variables of the environment name no file. */
export function parseRequirements(text: string): Requirement[] {
  return logicalLines(text).flatMap(({ line, text: whole }) => {
    const requirement = parseLine(whole);
    return requirement === undefined ? [] : [{ line, ...requirement }];
  });
}

/** What is in a variable of the environment, pip's machine alone knows. */
const VARIABLE = /\$\{[A-Z0-9_]+\}/;

function parseLine(text: string): Omit<Requirement, 'line'> | undefined {
  const { required, options, fault } = splitLine(text);
  const read = required === '' ? fromOptions(options) : fromRequired(required);
  if (VARIABLE.test(text)) return read;
  const wrong = fault ?? (required === '' ? read?.fault : requiredFault(required));
  return wrong === undefined ? read : { ...read, fault: wrong };
}

/** pip looks at options that name files where nothing else stands on the line, and at the first of each. */
function fromOptions(options: readonly LineOption[]): Omit<Requirement, 'line'> | undefined {
  const first = (wanted: string): string | undefined => options.find(({ name }) => name === wanted)?.value;
  const editable = first('--editable');
  if (editable !== undefined) {
    const fault = editableFault(editable);
    return { ...projectAt(localPath(withoutMarks(editable))), ...(fault !== undefined && { fault }) };
  }
  for (const list of ['requirement', 'constraint'] as const) {
    const value = first(`--${list}`);
    const path = localPath(value);
    if (value !== undefined) return path === undefined ? undefined : { path, list };
  }
  return fileOnly(localPath(first('--find-links')));
}

function fromRequired(text: string): Omit<Requirement, 'line'> {
  const target = withoutMarks(text);
  const direct = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*@\s*(.+)$/.exec(target);
  if (direct) return { ...named(direct[1]), ...(/^file:/i.test(direct[2] ?? '') && fileOnly(localPath(direct[2]))) };
  if (/^[a-z][a-z0-9+]*:\/\//i.test(target) && !/^file:/i.test(target)) return named(distributionOf(target));
  const isPath = /^(file:|\.{1,2}([\\/]|$)|~)|[\\/]|\.(whl|zip|tar(\.(gz|bz2|xz))?|tgz)$/i.test(target);
  if (isPath) return { ...named(distributionOf(target)), ...projectAt(localPath(target)) };
  return named(/^[A-Za-z0-9][\w.-]*/.exec(target)?.[0]);
}

/** A requirement without its environment marker and its extras. */
function withoutMarks(text: string): string {
  return text
    .replace(/(\s*;|\s+;).*$/, '')
    .replace(/\[[^\]]*\]$/, '')
    .trim();
}

/** A path that pip opens; undefined for an address, and where a variable of the environment is part of it. */
function localPath(value = ''): string | undefined {
  if (value === '' || VARIABLE.test(value)) return undefined;
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

/** A path that is installed: an archive by its ending, else a directory. */
function projectAt(path: string | undefined): Pick<Requirement, 'path' | 'isProject'> {
  if (path === undefined) return {};
  return /\.(whl|zip|tgz|tbz|txz|tlz|tar(\.\w+)?)$/i.test(path) ? { path } : { path, isProject: true };
}

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
  name === undefined ? {} : { name: normalizedName(name) };
