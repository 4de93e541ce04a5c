import type { PackFormat } from '#archive/format.js';
import type { PackedEntry } from '#archive/writing/packed-entry.js';
import type { PlannedEntry } from '#archive/writing/planned-entry.js';
import type { Target } from '#check/finding.js';
import type { ConvertOptions, ConvertTarget } from './options.js';
import type { Remark } from './result.js';
import type { Source } from './source.js';

/** What will be written, and what it says of the archive. */
export interface Plan {
  /** What the model is called in the result. */
  readonly model: string;
  readonly entries: readonly PlannedEntry[];
  /** The last entry, made from the digests of the others. */
  complete?(written: readonly PackedEntry[]): PlannedEntry;
  readonly carried: readonly Remark[];
  readonly changed: readonly Remark[];
  readonly lost: readonly Remark[];
  readonly notes: readonly string[];
  /** Why the archive cannot be converted; empty where it can. */
  readonly reasons: readonly string[];
}

/** One place to convert to. */
export interface ConversionTarget {
  readonly name: ConvertTarget;
  /** How the result lies on disk. */
  readonly form: PackFormat;
  /** What comes behind NAME in the default output. */
  readonly ending: string;
  /** The result is an archive, which the validator judges as one for this server. */
  readonly judgedAs?: Target;
  plan(source: Source, options: ConvertOptions): Promise<Plan>;
}

/** A plan that nothing comes of. */
export function refused(model: string, reasons: readonly string[]): Plan {
  return { model, entries: [], carried: [], changed: [], lost: [], notes: [], reasons };
}
