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

/** What is known of an error code without an error at hand. */
export interface CodeWords {
  readonly kind: ErrorKind;
  /** When it occurs; sentences. */
  readonly meaning: string;
  /** What to do about it; sentences. A terminal shows them where an error brings no hint of its own. */
  readonly remedy: string;
}

/** Part of the table of codes. */
export type CodeTable = Readonly<Record<`ERR_${string}`, CodeWords>>;
