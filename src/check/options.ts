import type { ReadProgress } from '#archive/watched.js';
import type { ContainWhen } from '#conventions/run-seen.js';
import type { AttestWhere } from '#conventions/verification.js';
import { MarError } from '#errors/mar-error.js';
import { didYouMean } from '#nearest.js';
import { SEVERITIES, type Severity, TARGETS, type Target } from './finding.js';
import { findRule } from './registry.js';
import type { Rule } from './rule.js';

export interface ValidateOptions {
  /** Where the archive is going. Default: `local`, and what its manifest implies. */
  readonly target?: readonly string[];
  /** Also run the archive: load it in a worker and run its golden cases. Nothing of it is executed otherwise. */
  readonly run?: boolean;
  /** Python interpreter for `run`. */
  readonly python?: string;
  /** With `run`, the requirements of Python archives are installed into a cached environment first. */
  readonly installRequirements?: boolean;
  /** With `run`, how long loading, and each answer, may take; default 120,000. */
  readonly timeoutMs?: number;
  /** With `run`: in namespaces of its own where the system grants them (`auto`, the default), or not at all (`always`), or never. */
  readonly contain?: ContainWhen;
  /** With `run`, data memory of each of its processes in MiB, where it is contained. */
  readonly memoryMb?: number;
  /** With `run`, variables that the archive sees beside those of the allow list. */
  readonly env?: readonly string[];
  /** With `run`: writes a record of what passed beside each archive, or into it. */
  readonly attest?: AttestWhere;
  /** Ids or names of rules whose findings are left out; `RULE:PATTERN` only in entries that match (`*` stands for anything). */
  readonly ignore?: readonly string[];
  /** `RULE=error|warning|note|off`. */
  readonly severity?: readonly string[];
  /** What pickles may import and call beside the list of this validator: `nets.Net`, or `nets.*`. */
  readonly allowImport?: readonly string[];
  /** Warnings count as errors. */
  readonly strict?: boolean;
  /** More warnings than this fail the validation. */
  readonly maxWarnings?: number;
  /** Archives that are checked at the same time. Default: the number of processors. */
  readonly concurrency?: number;
  /** A file with the same options; what is given here goes over it. */
  readonly config?: string;
  /** Relative paths start here. Default: the working directory. */
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** Hears how far the reading of an archive is. */
  readonly onRead?: (progress: ReadProgress) => void;
  readonly onArchive?: (path: string, done: number, total: number) => void;
}

/** Options after reading: names looked up, levels known. */
export interface ValidateSettings {
  readonly targets: readonly Target[] | undefined;
  readonly ignores: readonly Ignore[];
  readonly levels: ReadonlyMap<string, Severity | 'off'>;
  readonly strict: boolean;
}

/** One ignore, and whether it ever matched. */
export interface Ignore {
  readonly text: string;
  readonly rule: Rule;
  readonly entry: RegExp | undefined;
}

/** Looks names up. Throws `ERR_RULE_UNKNOWN`, `ERR_TARGET_UNKNOWN` or `ERR_SEVERITY_UNKNOWN`, with the nearest known one where there is one. */
export function readSettings(options: ValidateOptions): ValidateSettings {
  return {
    targets: options.target && options.target.length > 0 ? [...new Set(options.target.map(readTarget))] : undefined,
    ignores: (options.ignore ?? []).map(readIgnore),
    levels: readLevels(options.severity ?? []),
    strict: options.strict ?? false,
  };
}

function readTarget(name: string): Target {
  const target = TARGETS.find((known) => known === name.toLowerCase());
  if (target) return target;
  throw new MarError(`there is no target '${name}'${didYouMean(name, TARGETS)}`, {
    code: 'ERR_TARGET_UNKNOWN',
    hint: `targets are ${TARGETS.join(', ')}`,
  });
}

function readIgnore(text: string): Ignore {
  const at = text.indexOf(':');
  const rule = findRule(at < 0 ? text : text.slice(0, at));
  const pattern = at < 0 ? undefined : text.slice(at + 1);
  const source = pattern
    ?.split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return { text, rule, entry: source === undefined ? undefined : new RegExp(`^${source}$`) };
}

function readLevels(texts: readonly string[]): Map<string, Severity | 'off'> {
  const levels = new Map<string, Severity | 'off'>();
  for (const [id, level] of texts.map(readLevel)) {
    const before = levels.get(id);
    if (before !== undefined && before !== level) {
      throw new MarError(`${id} is given two levels, ${before} and ${level}`, {
        code: 'ERR_SEVERITY_UNKNOWN',
        hint: 'give each rule one level',
      });
    }
    levels.set(id, level);
  }
  return levels;
}

function readLevel(text: string): [string, Severity | 'off'] {
  const [name = '', level = ''] = text.split('=');
  const levels = [...SEVERITIES, 'off'] as const;
  const known = levels.find((candidate) => candidate === level);
  if (!known) {
    throw new MarError(`'${text}' is not RULE=LEVEL${didYouMean(level, levels)}`, {
      code: 'ERR_SEVERITY_UNKNOWN',
      hint: `levels are ${levels.join(', ')}, for example --severity unknown-field=error`,
    });
  }
  return [findRule(name).id, known];
}
