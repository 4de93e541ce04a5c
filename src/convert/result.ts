import type { ConvertTarget } from './options.js';

/** One thing of the archive, and what became of it. */
export interface Remark {
  /** What it is: a part of the archive, a field of its manifest, a setting. */
  readonly what: string;
  /** What became of it, or why it stayed behind; a sentence without its first word in capitals. */
  readonly how: string;
}

/** One file that was written, by its path below the output; of an output that is one file, an entry of it. */
export interface WrittenFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** What became of an archive. */
export interface Conversion {
  readonly archive: string;
  readonly to: ConvertTarget;
  /** The file or directory that was written. */
  readonly output: string;
  /** What the model is called there. */
  readonly model: string;
  readonly carried: readonly Remark[];
  readonly changed: readonly Remark[];
  /** What could not be carried, and why. */
  readonly lost: readonly Remark[];
  /** What was and was not tried of the result, and what is left to do. */
  readonly notes: readonly string[];
  readonly files: readonly WrittenFile[];
}
