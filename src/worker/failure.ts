import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { MarError } from '#errors/mar-error.js';
import { besideCode } from '#own-files.js';
import type { WorkerResponse } from '#protocol/messages.js';
import { adviceOn, isOutOfMemory } from './advice.js';

/** Longest message of a failure: characters. */
const LONGEST_MESSAGE = 16_384;
/** Errors behind an error that are told. */
const LONGEST_CHAIN = 5;
/** Where frames say nothing about the handler: this program, and Node itself. */
const OURS = [besideCode('/'), pathToFileURL(besideCode('/')).href, '(node:', 'at node:', 'at async node:'];

/** The answer to a load that failed: the handler's own error, what to do, and where it was, mapped through source maps. */
export function loadFailureResponse(error: unknown, modelDir: string): WorkerResponse {
  const message = explain(error, modelDir);
  if (isOutOfMemory(error)) return { code: 507, message: `System out of memory\n${message}`, predictions: [] };
  return { code: 500, message, predictions: [] };
}

/** `stackOf` with a line `hint: …` where something is known to do. */
export function explain(error: unknown, modelDir: string): string {
  const hint = adviceOn(error, modelDir);
  return hint === undefined ? stackOf(error) : `${stackOf(error)}\nhint: ${hint}`;
}

/** What was thrown in one line, then the rest of its message, the frames that are the handler's, and its causes. */
export function stackOf(error: unknown): string {
  const lines: string[] = [];
  let next: unknown = error;
  for (let depth = 0; depth === 0 || (next !== undefined && depth < LONGEST_CHAIN); depth += 1) {
    lines.push(`${depth > 0 ? 'caused by ' : ''}${linesOf(next).join('\n')}`);
    next =
      next instanceof AggregateError ? (next.cause ?? next.errors[0]) : next instanceof Error ? next.cause : undefined;
  }
  return lines.join('\n').slice(0, LONGEST_MESSAGE);
}

function linesOf(thrown: unknown): string[] {
  if (!(thrown instanceof Error))
    return [`the handler threw ${inspect(thrown, { breakLength: Number.POSITIVE_INFINITY })}, which is not an Error`];
  const stack = String(thrown.stack).split('\n');
  const frames = stack.filter((line) => /^\s+at /.test(line) && !OURS.some((place) => line.includes(place)));
  // Where the handler called what refused it.
  if (thrown instanceof MarError) return [thrown.message, ...frames];
  // Node puts the place of an error in an import before the error: `file:///…/service.mjs:1`, the line, a caret.
  const place = stack[0]?.startsWith('file:') ? stack.slice(0, 3) : [];
  return [headerOf(thrown), ...place, ...frames];
}

function headerOf(error: Error): string {
  const kind = error.name === 'Error' ? error.constructor.name : error.name;
  return error.message ? `${kind}: ${error.message}` : kind;
}
