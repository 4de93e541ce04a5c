import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { MarError, messageOf } from '#errors.js';
import { besideCode } from '#own-files.js';
import type { WorkerResponse } from '#protocol/messages.js';

/** True for what V8, Node and native libraries throw when memory is short. */
export function isOutOfMemory(error: unknown): boolean {
  return (
    (error instanceof RangeError && /allocation failed|invalid (typed )?array (buffer )?length/i.test(error.message)) ||
    /bad[_ ]alloc|out of memory|failed to allocate memory/i.test(messageOf(error))
  );
}

/** Longest message of a failure: characters. */
const LONGEST_MESSAGE = 16_384;

/** The answer to a load that failed: the error's message first, then its stack, positions mapped through source maps. */
export function loadFailureResponse(error: unknown): WorkerResponse {
  if (isOutOfMemory(error)) return { code: 507, message: `System out of memory\n${stackOf(error)}`, predictions: [] };
  const hint = error instanceof MarError && error.hint ? `\nhint: ${error.hint}` : '';
  const stack = error instanceof MarError ? '' : `\n${stackOf(error)}`;
  return { code: 500, message: `${messageOf(error)}${hint}${stack}`.slice(0, LONGEST_MESSAGE), predictions: [] };
}

/** Where frames say nothing about the handler: this program, and Node itself. */
const OURS = [besideCode('/'), pathToFileURL(besideCode('/')).href, 'node:internal'];

/** What was thrown, with its stack and causes, from the handler on. */
export function stackOf(error: unknown): string {
  const lines = inspect(error).split('\n');
  return lines
    .filter((line) => !/^\s+at /.test(line) || !OURS.some((place) => line.includes(place)))
    .join('\n')
    .slice(0, LONGEST_MESSAGE);
}
