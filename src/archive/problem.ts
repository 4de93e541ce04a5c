import type { ErrorCode } from '#errors/codes.js';
import { MarError } from '#errors/mar-error.js';

/**
 * Every structural problem that reading can find. `error`: openArchive refuses the archive; `warning`: it opens, but some reader
 * treats it differently.
 */
export const PROBLEMS = {
  ERR_NOT_AN_ARCHIVE: 'error',
  ERR_ARCHIVE_TRUNCATED: 'error',
  ERR_ARCHIVE_DAMAGED: 'error',
  ERR_ARCHIVE_SPLIT: 'error',
  ERR_ARCHIVE_ZIP64: 'error',
  ERR_ARCHIVE_AMBIGUOUS: 'error',
  ERR_ARCHIVE_PREFIX: 'error',
  ERR_ARCHIVE_TRAILING: 'error',
  ERR_ARCHIVE_HIDDEN_DATA: 'error',
  ERR_ARCHIVE_OVERLAP: 'error',
  ERR_ARCHIVE_DISPUTED: 'error',
  ERR_ARCHIVE_CHANGED: 'error',
  ERR_ENTRY_HEADER: 'error',
  ERR_ENTRY_BOUNDS: 'error',
  ERR_ENTRY_ENCRYPTED: 'error',
  ERR_ENTRY_METHOD: 'error',
  ERR_ENTRY_DESCRIPTOR: 'warning',
  ERR_ENTRY_PATH: 'error',
  ERR_ENTRY_NAME: 'error',
  ERR_ENTRY_NAME_ENCODING: 'warning',
  ERR_ENTRY_NAME_WINDOWS: 'warning',
  ERR_ENTRY_LINK: 'error',
  ERR_ENTRY_LINK_OUT: 'error',
  ERR_ENTRY_LINK_AS_TEXT: 'warning',
  ERR_ENTRY_SPECIAL: 'error',
  ERR_ENTRY_DUPLICATE: 'error',
  ERR_ENTRY_CLASH: 'error',
  ERR_ENTRY_SIZE: 'error',
  ERR_ENTRY_CRC: 'error',
  ERR_ENTRY_DATA: 'error',
  ERR_LIMIT_ENTRIES: 'error',
  ERR_LIMIT_SIZE: 'error',
  ERR_LIMIT_RATIO: 'error',
  ERR_LIMIT_PATH: 'error',
} as const satisfies Partial<Record<ErrorCode, 'error' | 'warning'>>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One thing that is wrong with an archive, as data. */
export interface ArchiveProblem {
  readonly code: ProblemCode;
  readonly severity: 'error' | 'warning';
  /** One sentence without the archive's name. */
  readonly message: string;
  /** Path of the entry as recorded, where the problem belongs to one. */
  readonly entry?: string;
  readonly found?: string;
  readonly expected?: string;
}

/** What a check knows when it reports: the entry it looked at, and what it found against what it expected. */
export interface ProblemFacts {
  readonly entry?: string;
  readonly found?: string | number;
  readonly expected?: string | number;
}

/** A problem with the severity that its code carries. */
export function problemOf(code: ProblemCode, message: string, facts: ProblemFacts = {}): ArchiveProblem {
  const { entry, found, expected } = facts;
  return {
    code,
    severity: PROBLEMS[code],
    message,
    ...(entry === undefined ? {} : { entry }),
    ...(found === undefined ? {} : { found: String(found) }),
    ...(expected === undefined ? {} : { expected: String(expected) }),
  };
}

/** The error that openArchive and the streams throw for a problem; `problem` tells a thrown one from any other error. */
export class ArchiveError extends MarError {
  readonly problem: ArchiveProblem;

  constructor(source: string, problem: ArchiveProblem, cause?: unknown) {
    const seen = problem.found === undefined ? '' : ` (found ${problem.found}${expectedOf(problem)})`;
    super(`${source}: ${problem.message}${seen}`, {
      code: problem.code,
      cause,
    });
    this.problem = problem;
  }
}

function expectedOf(problem: ArchiveProblem): string {
  return problem.expected === undefined ? '' : `, expected ${problem.expected}`;
}

const MAX_PER_CODE = 500;

/**
 * Collects problems in the order found; keeps at most 500 of one code, so that a hostile archive cannot fill the memory, and one
 * more without a place that says so.
 */
export class ProblemList {
  readonly found: ArchiveProblem[] = [];
  readonly #counts = new Map<ProblemCode, number>();

  add(code: ProblemCode, message: string, facts?: ProblemFacts): ArchiveProblem {
    const problem = problemOf(code, message, facts);
    this.report(problem);
    return problem;
  }

  report(problem: ArchiveProblem): void {
    const count = (this.#counts.get(problem.code) ?? 0) + 1;
    this.#counts.set(problem.code, count);
    if (count <= MAX_PER_CODE) this.found.push(problem);
    else if (count === MAX_PER_CODE + 1) {
      const { code, severity } = problem;
      this.found.push({
        code,
        severity,
        message: `more than ${MAX_PER_CODE} problems of this kind: these are the first`,
      });
    }
  }

  /** The first problem that forbids opening, or undefined. */
  get fatal(): ArchiveProblem | undefined {
    return this.found.find((problem) => problem.severity === 'error');
  }
}
