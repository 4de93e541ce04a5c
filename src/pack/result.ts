import type { PackedEntry } from '#archive/writing/packed-entry.js';
import type { TypeProblem } from '#handler/type-problems.js';
import type { Manifest } from '#manifest/manifest.js';
import type { PackFormat } from './options.js';

/** A file or directory (trailing slash) that was not packed. */
export interface LeftOut {
  readonly path: string;
  readonly reason: string;
}

/** Something that does not stop the build but that the author should know. */
export interface PackWarning {
  /** Greppable, such as `duplicate-weights`. */
  readonly code: string;
  readonly message: string;
}

/** What was packed, or would be (`dryRun`). */
export interface PackResult {
  /** Absolute path of the archive or directory. */
  readonly target: string;
  readonly format: PackFormat;
  readonly dryRun: boolean;
  /** Absolute path of the model directory, or of the `.model` file; undefined when the files were named one by one. */
  readonly modelPath?: string;
  /** Bytes of the archive file; the sum of its entries for a directory; undefined for a dry run. */
  readonly bytes?: number;
  readonly manifest: Manifest;
  /** In archive order, the manifest last. */
  readonly entries: readonly PackedEntry[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly PackWarning[];
  /** Type errors in the handler; empty under `strict`, where they stop the build. */
  readonly typeProblems: readonly TypeProblem[];
}
