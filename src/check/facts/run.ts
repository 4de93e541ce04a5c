import type { RunContract } from '#conventions/run-contract.js';
import type { RunSeen } from '#conventions/run-seen.js';
import type { ErrorCode } from '#errors/codes.js';
import { MarError } from '#errors/mar-error.js';

/** Loads an archive in a worker of our runner, sends it its golden cases and looks at the run contract; throws a MarError when it does not load. */
export type ArchiveRunner = (
  path: string,
  onSeen: (seen: RunSeen) => void,
) => Promise<{ readonly cases: readonly RunCase[]; readonly contract?: RunContract }>;

export interface RunCase {
  /** Path of the case inside the archive. */
  readonly path: string;
  readonly passed: boolean;
  /** How the answer differs from what was expected, a sentence each. */
  readonly differences: readonly string[];
}

/** What running the archive brought to light; exists only with `run`. */
export interface RunOutcome {
  /** Why the model could not be loaded, and what to do. */
  readonly loadFailure?: {
    readonly code: ErrorCode;
    readonly message: string;
    /** The handler's own error with its stack, the last lines of its stderr. */
    readonly detail?: string;
    readonly advice: string;
  };
  readonly cases: readonly RunCase[];
  /** How it behaved beside them; undefined where it did not load, or was lost in a case. */
  readonly contract?: RunContract;
  readonly seconds: number;
  /** What it did beside answering; undefined where nobody watched. */
  readonly seen?: RunSeen;
}

/** Runs an archive; what stops it from being loaded is an outcome like any other. No outcome where the machine is at fault. */
export async function runArchive(path: string, runner: ArchiveRunner): Promise<RunOutcome | undefined> {
  const started = performance.now();
  const seconds = () => Math.round(performance.now() - started) / 1000;
  let seen: RunSeen | undefined;
  const watched = () => (seen === undefined ? {} : { seen });
  try {
    const { cases, contract } = await runner(path, (what) => {
      seen = what;
    });
    return { cases, ...(contract && { contract }), seconds: seconds(), ...watched() };
  } catch (error) {
    if (!(error instanceof MarError) || error.kind === 'internal') throw error;
    if (isMachineFault(error)) return undefined;
    return {
      loadFailure: {
        code: error.code,
        message: error.message,
        ...(error.detail !== undefined && { detail: error.detail }),
        advice: error.advice,
      },
      cases: [],
      seconds: seconds(),
      ...watched(),
    };
  }
}

/** Ends of a worker that its handler may have brought about. */
const OF_THE_HANDLER: ReadonlySet<ErrorCode> = new Set([
  'ERR_WORKER_DIED',
  'ERR_WORKER_PROTOCOL',
  'ERR_WORKER_UNSTARTED',
  'ERR_WORKER_START',
  'ERR_WORKER_START_MEMORY',
]);

/** A full disk, a temporary directory or an interpreter that is missing: it says nothing about the archive. */
export function isMachineFault(error: unknown): boolean {
  return error instanceof MarError && error.kind === 'unavailable' && !OF_THE_HANDLER.has(error.code);
}
