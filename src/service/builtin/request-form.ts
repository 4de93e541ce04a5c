import type { Context, RequestPart } from '../context.js';
import { PredictionError } from '../prediction-error.js';

const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data';

/** What to send instead of a form that is none: `expected` in the sentence of {@link formProblem}. */
export const SEND_JSON = 'send JSON with the header Content-Type: application/json';

/**
 * Why a request brings nothing under the name that is looked for, where its content type is the reason: `curl -d` calls JSON, text and
 * images a form. Undefined for a request that is no form, and for a form of parts that was read.
 */
export function formProblem(context: Context, index: number, expected: string): string | undefined {
  const type = context.getRequestHeader(index, 'content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type === FORM) return `the request came as ${FORM}, as curl -d sends it, without one of the inputs: ${expected}`;
  if (type !== MULTIPART || context.requestParts(index).some(({ name, contentType }) => !isWhole(name, contentType)))
    return undefined;
  return `the request came as ${MULTIPART} and has no field that can be read (is its boundary right?): ${expected}`;
}

function isWhole(name: string, contentType: string): boolean {
  return name === 'body' && contentType.toLowerCase() === MULTIPART;
}

/**
 * Refuses a request that brings one of these names twice, as two fields of a form or as two members of a JSON object: which of them is
 * meant is not said. `refuse` makes the error.
 */
export function refuseRepeated(
  parts: readonly RequestPart[],
  names: readonly string[],
  refuse: (name: string, found: string) => Error,
): void {
  for (const name of names) {
    const fields = parts.filter((part) => part.name === name).length;
    if (fields > 1) throw refuse(name, `is sent ${fields} times, expected once`);
    const twice = parts.some(({ contentType, value }) => isText(contentType) && value && timesAsKey(value, name) > 1);
    if (twice) throw refuse(name, 'is sent twice in one JSON object, expected once');
  }
}

/** {@link refuseRepeated} for a service that names its inputs itself: these, and every field of the request. */
export function refuseRepeatedNames(parts: readonly RequestPart[], names: readonly string[]): void {
  const all = [...new Set([...names, ...parts.map(({ name }) => name)])];
  refuseRepeated(parts, all, (name, found) => new PredictionError(`the input '${name}' ${found}`, 400));
}

/** Refuses, with 400, a request for a service of images that comes as a form without files, or that brings its image twice. */
export function refuseNoImage(context: Context, index: number): void {
  const problem = formProblem(
    context,
    index,
    'send an image with its own type, such as Content-Type: image/jpeg, or with curl -T, or as a file of a form with curl -F',
  );
  if (problem !== undefined) throw new PredictionError(problem, 400);
  refuseRepeatedNames(context.requestParts(index), ['data', 'body', 'image', 'image_bytes']);
}

function isText(contentType: string): boolean {
  return contentType === '' || contentType.toLowerCase() === 'application/json' || contentType.startsWith('text');
}

/** How often a JSON text has this member: a quote inside of a text is escaped, so that a key is nothing else. */
function timesAsKey(text: Buffer, name: string): number {
  // Only an escape spells a name in another way.
  if (text.includes('\\')) return keysOf(text.toString()).filter((key) => key === name).length;
  const key = JSON.stringify(name);
  let times = 0;
  for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + key.length)) {
    let after = at + key.length;
    while (after < text.length && (text[after] ?? 0) <= 0x20) after++;
    if (text[after] === 0x3a) times++;
  }
  return times;
}

function keysOf(text: string): string[] {
  return Array.from(text.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?/g), ([, quoted = '', colon]) => {
    if (colon === undefined) return undefined;
    try {
      return String(JSON.parse(quoted));
    } catch {
      return undefined;
    }
  }).filter((key) => key !== undefined);
}
