import type { Kind } from './sniff.js';

/** What is being read: its name, the way to it from the file (empty for the file itself), and how deep that is. */
export interface Place {
  readonly name: string;
  readonly where: string;
  readonly depth: number;
  readonly isScript?: boolean;
}

/** A zip in a gzip in a zip …: no honest model is nested deeper. */
export const DEEPEST = 6;
/** Entries of a zip that lie in front of another one that was read already: each costs a new pass. */
export const MOST_RETURNS = 64;

/** What holds other files. */
export const CONTAINERS: readonly Kind[] = [
  'zip',
  'tar',
  'gzip',
  'zlib',
  'zfile',
  'bzip2',
  'xz',
  'lzma',
  'lz4',
  'zstd',
];
/** Names of zips that are looked at by their end, too, where they lie in another file. */
export const ZIP_NAME = /\.(zip|whl|egg|pyz|mar|npz|ptl)$/i;
/** A container inside a container is held in memory. */
export const LARGEST_INNER = 64 * 1024 * 1024;

/**
 * Source that is installed or imported, and what is said of it for the installer; the lines of a `.pth` run when a Python starts, and
 * scripts of a wheel become commands.
 */
export const SOURCE_NAME =
  /\.(py|pyw|pth)$|(^|[/!])(METADATA|PKG-INFO|RECORD|pyproject\.toml|setup\.cfg|requires\.txt|entry_points\.txt)$|\.data\/scripts\/[^/]+$/i;
/** Bytes of it that are handed on. */
export const LARGEST_SOURCE = 8 * 1024 * 1024;

/** The way to something in a place. */
export const inside = (where: string, name: string): string => (where === '' ? name : `${where}/${name}`);

/** What no code of TorchScript has, which is not Python's. */
const OF_PYTHON =
  /^[ \t]*(?:import(?![ \t]+__torch__)|from)[ \t]|__(?:import|builtins|class|globals|subclasses)__|\b(?:exec|eval|open|compile|globals|setattr)\s{0,8}\(/m;

/** Whether source is the code of TorchScript, which only its own loader reads: by its place, and because Python could do nothing with it. */
export const isOfScript = ({ where }: Place, head: Buffer): boolean =>
  /\/code\/.*\.py$/.test(`/${where}`) && !OF_PYTHON.test(head.toString('latin1'));
