import { inspect } from 'node:util';

/** Writes to the worker's standard error: an error with its (mapped) stack and causes, or a sentence. */
export function printError(what: unknown): void {
  process.stderr.write(`${typeof what === 'string' ? what : inspect(what)}\n`);
}
