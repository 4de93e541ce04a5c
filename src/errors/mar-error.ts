import { ERROR_CODES, type ErrorCode } from './codes.js';
import type { ErrorKind } from './error-kind.js';

/** What an error carries beside its sentence. */
export interface MarErrorOptions {
  /** A code of the table in errors/codes, which knows its kind and what it means. */
  readonly code: ErrorCode;
  /** What to do in exactly this case, one sentence; without it the remedy of the code has to do. */
  readonly hint?: string;
  /** Extra lines for the user below the message: a code frame, a list of clashing files. */
  readonly detail?: string;
  /** What it is about, for whoever says it in other words: a model's name, a source. */
  readonly subject?: string;
  readonly cause?: unknown;
}

/** The one error class of the toolchain: a sentence that names the file or field, what was found and what was expected. */
export class MarError extends Error {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  readonly detail: string | undefined;
  readonly subject: string | undefined;

  constructor(message: string, options: MarErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MarError';
    this.code = options.code;
    this.kind = ERROR_CODES[options.code].kind;
    this.hint = options.hint;
    this.detail = options.detail;
    this.subject = options.subject;
  }

  /** What to do: the hint, or else the remedy of the code. */
  get advice(): string {
    return this.hint ?? ERROR_CODES[this.code].remedy;
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
  ENOTDIR: 'a part of its path is not a directory',
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
