import type { PredictResult } from '#index.js';
import { printable, printableLine } from '#printable.js';
import { jsonReport } from './json.js';

/**
 * The answer as the handler made it; a text gets a newline at its end when it has none. On a terminal, which would obey what a handler
 * writes, it is made printable.
 */
export function predictReport({ body }: PredictResult, terminal: boolean): Buffer {
  const shown = terminal ? Buffer.from(printable(body.toString('utf8'))) : body;
  const text = isText(shown) && shown.length > 0 && shown.at(-1) !== 0x0a;
  return text ? Buffer.concat([shown, Buffer.from('\n')]) : shown;
}

/** A handler that failed: the sentence, the handler's own error with its stack, what to do. */
export function failureReport(modelName: string, status: number, failure: string): string {
  return `error: The handler of model ${printableLine(modelName)} failed with ${status} ${printable(failure)}\n`;
}

/** The whole answer; a JSON body as a value, text as a string, other bytes as base64. */
export function predictJson({ body, headers, ...rest }: PredictResult): string {
  return jsonReport({ ...rest, headers: Object.fromEntries(headers), ...bodyFields(body, rest.contentType) });
}

function bodyFields(body: Buffer, contentType: string): Readonly<Record<string, unknown>> {
  const text = body.toString('utf8');
  if (contentType.startsWith('application/json')) {
    try {
      return { body: JSON.parse(text) };
    } catch {
      return { body: text };
    }
  }
  return isText(body) ? { body: text } : { bodyBase64: body.toString('base64') };
}

function isText(body: Buffer): boolean {
  return Buffer.from(body.toString('utf8')).equals(body);
}
