import type { Archive, ArchiveFormat } from './archive.js';
import type { ArchiveFile } from './archive-file.js';
import type { ReadLimits } from './limits.js';
import type { ProblemList } from './problem.js';
import type { ArchiveWriter, WriterSettings } from './writing/archive-writer.js';

/** What `--archive-format` can name. */
export type PackFormat = 'default' | 'tgz' | 'tgz-flat' | 'no-archive' | 'zip-store';

/** What reading goes by, and where it puts what is wrong. */
export interface Scan {
  readonly limits: ReadLimits;
  readonly problems: ProblemList;
  readonly signal?: AbortSignal | undefined;
  /** Another reader lists the archive too, where there is one. */
  readonly secondOpinion: boolean;
}

/** One way to write a format. */
export interface WrittenForm {
  /** As `--archive-format` has it. */
  readonly name: PackFormat;
  /** What comes behind the model's name; empty for a directory. */
  readonly ending: string;
  /** For `--help`, after the name: what is written. */
  readonly summary: string;
  /** Whether each entry can be compressed by itself, as `--compression` says. */
  readonly compresses: boolean;
  /** Starts an archive in a file, or a directory, that exists already and is empty. */
  open(path: string, modelName: string, settings: WriterSettings): Promise<ArchiveWriter>;
  /** Makes the archive of a model directory in that directory, where this is possible. */
  openInPlace?(path: string, settings: WriterSettings): Promise<ArchiveWriter>;
}

interface Common {
  readonly name: ArchiveFormat;
  /** Whether entries can be read in any order and several at once, or only one after the other. */
  readonly order: 'any' | 'sequential';
  readonly written: readonly WrittenForm[];
}

/** A format that is one file. */
export interface FileFormat extends Common {
  readonly kind: 'file';
  /** As a sentence has it: `a zip`. */
  readonly noun: string;
  /** Names of its files end so, in lower case, with the dot. What is in a file its content says, never its name. */
  readonly endings: readonly string[];
  /** What its files begin with, any of these, as hexadecimal. */
  readonly magic: readonly string[];
  /** Bytes near the end of a file by which it is known behind other data. */
  readonly endMagic?: Buffer;
  /** The archive, or undefined where its entries cannot be listed. */
  scan(file: ArchiveFile, scan: Scan): Promise<Archive | undefined>;
}

/** A format that is a directory. */
export interface DirectoryFormat extends Common {
  readonly kind: 'directory';
  scan(path: string, scan: Scan): Promise<Archive | undefined>;
}

/** One way in which an archive lies on a disk: everything that anybody asks about it. Code is loaded when it is used. */
export type Format = FileFormat | DirectoryFormat;
