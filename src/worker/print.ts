import { stackOf } from './failure.js';

/** Writes to the worker's standard error: a sentence, or an error with its (mapped) stack and causes. */
export function printError(what: unknown): void {
  process.stderr.write(`${typeof what === 'string' ? what : stackOf(what)}\n`);
}
