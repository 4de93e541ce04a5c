import { type ErrorKind, MarError } from '#errors/mar-error.js';

interface ProblemKind {
  /** `error`: openArchive refuses the archive. `warning`: it opens, but some reader treats it differently. */
  readonly severity: 'error' | 'warning';
  readonly kind?: ErrorKind;
  /** What to do about it. */
  readonly hint: string;
}

const REPACK = 'Pack the archive again from its sources';
const TRUSTED_LIMIT = 'If you trust the archive, open it through the API with higher `limits`';
const DISTRUST = 'Do not use this archive unless you trust whoever made it; pack it again from its sources';

/** Every structural problem that reading can find, with its severity. Codes are permanent. */
export const PROBLEMS = {
  ERR_NOT_AN_ARCHIVE: { severity: 'error', hint: 'Give a .mar (zip or gzipped tar) or a model directory' },
  ERR_ARCHIVE_TRUNCATED: { severity: 'error', hint: 'Copy or download the archive again' },
  ERR_ARCHIVE_DAMAGED: { severity: 'error', hint: 'Copy or download the archive again, or pack it again' },
  ERR_ARCHIVE_SPLIT: { severity: 'error', hint: 'Join the parts into one zip file first' },
  ERR_ARCHIVE_ZIP64: { severity: 'error', hint: REPACK },
  ERR_ARCHIVE_AMBIGUOUS: { severity: 'error', hint: DISTRUST },
  ERR_ARCHIVE_PREFIX: { severity: 'error', hint: `${REPACK}; servers that read it as a stream refuse it` },
  ERR_ARCHIVE_TRAILING: { severity: 'error', hint: REPACK },
  ERR_ARCHIVE_HIDDEN_DATA: { severity: 'error', hint: DISTRUST },
  ERR_ARCHIVE_OVERLAP: { severity: 'error', hint: DISTRUST },
  ERR_ARCHIVE_DISPUTED: { severity: 'error', hint: DISTRUST },
  ERR_ARCHIVE_CHANGED: {
    severity: 'error',
    kind: 'conflict',
    hint: 'Wait until the archive is written, then try again',
  },
  ERR_ENTRY_HEADER: { severity: 'error', hint: DISTRUST },
  ERR_ENTRY_BOUNDS: { severity: 'error', hint: 'Copy or download the archive again' },
  ERR_ENTRY_ENCRYPTED: { severity: 'error', hint: 'Pack it again without a password' },
  ERR_ENTRY_METHOD: { severity: 'error', hint: 'Pack it again with the methods stored and deflated' },
  ERR_ENTRY_DESCRIPTOR: { severity: 'warning', hint: `${REPACK}; Multi Model Server cannot read such an entry` },
  ERR_ENTRY_PATH: { severity: 'error', hint: DISTRUST },
  ERR_ENTRY_NAME: { severity: 'error', hint: 'Rename the file and pack again' },
  ERR_ENTRY_NAME_WINDOWS: { severity: 'warning', hint: 'Rename the file if the archive is to be unpacked on Windows' },
  ERR_ENTRY_LINK: { severity: 'error', hint: 'Pack the file that the link points to' },
  ERR_ENTRY_LINK_AS_TEXT: { severity: 'warning', hint: 'Pack the file that the link points to' },
  ERR_ENTRY_SPECIAL: { severity: 'error', hint: 'Leave devices, pipes and sockets out of the archive' },
  ERR_ENTRY_DUPLICATE: {
    severity: 'warning',
    hint: 'Pack again; of several entries with one name the last one is used',
  },
  ERR_ENTRY_CLASH: { severity: 'error', hint: 'Rename one of the two and pack again' },
  ERR_ENTRY_SIZE: { severity: 'error', hint: 'Copy or download the archive again, or pack it again' },
  ERR_ENTRY_CRC: { severity: 'error', hint: 'Copy or download the archive again, or pack it again' },
  ERR_ENTRY_DATA: { severity: 'error', hint: 'Copy or download the archive again, or pack it again' },
  ERR_LIMIT_ENTRIES: {
    severity: 'error',
    kind: 'limit',
    hint: `Put many small files into one file. ${TRUSTED_LIMIT}`,
  },
  ERR_LIMIT_SIZE: { severity: 'error', kind: 'limit', hint: TRUSTED_LIMIT },
  ERR_LIMIT_RATIO: { severity: 'error', kind: 'limit', hint: TRUSTED_LIMIT },
  ERR_LIMIT_PATH: { severity: 'error', kind: 'limit', hint: 'Shorten the path and pack again' },
} as const satisfies Record<`ERR_${string}`, ProblemKind>;

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
    severity: PROBLEMS[code].severity,
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
    const kind: ProblemKind = PROBLEMS[problem.code];
    const seen = problem.found === undefined ? '' : ` (found ${problem.found}${expectedOf(problem)})`;
    super(`${source}: ${problem.message}${seen}`, {
      code: problem.code,
      kind: kind.kind ?? 'input',
      hint: kind.hint,
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
