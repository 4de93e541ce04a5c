/**
 * What went wrong, in the terms of whoever has to react. The CLI maps a kind to an exit code and the HTTP layer to a status;
 * the error knows neither.
 *
 * - `usage`: the request itself is malformed (unknown flag, contradicting options)
 * - `input`: something the caller handed over is wrong (a broken archive, a handler without the named export)
 * - `not-found`: a file, model or archive does not exist
 * - `conflict`: it exists already, or the state forbids it
 * - `limit`: a size, count or time limit was exceeded
 * - `unavailable`: the environment is in the way (disk full, port in use, no interpreter, worker died)
 * - `internal`: a defect of ours
 */
export type ErrorKind = 'usage' | 'input' | 'not-found' | 'conflict' | 'limit' | 'unavailable' | 'internal';

export interface MarErrorOptions {
  /** Stable, greppable identifier such as `ERR_ARCHIVE_UNREADABLE`. */
  readonly code: `ERR_${string}`;
  /** Defaults to `input`. */
  readonly kind?: ErrorKind;
  /** What to do next, one sentence. */
  readonly hint?: string;
  /** Extra lines for the user below the message: a code frame, a list of clashing files. */
  readonly detail?: string;
  readonly cause?: unknown;
}

/** The one error class of the toolchain: a sentence that names the file or field, what was found and what was expected. */
export class MarError extends Error {
  readonly code: `ERR_${string}`;
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  readonly detail: string | undefined;

  constructor(message: string, options: MarErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MarError';
    this.code = options.code;
    this.kind = options.kind ?? 'input';
    this.hint = options.hint;
    this.detail = options.detail;
  }
}

/** The message of anything that was thrown, an `Error` or not. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of a Node system error (`ENOENT`, `EACCES`, …), or undefined. */
export function systemCode(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of its path is no directory',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

/** Why the operating system refused something, for a sentence that names the path already. */
export function reasonOf(thrown: unknown): string {
  return REASONS[systemCode(thrown) ?? ''] ?? messageOf(thrown);
}
