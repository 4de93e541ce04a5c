import { bodyInputs, bytes } from '#protocol/body-inputs.js';
import type { Parameter } from '#protocol/messages.js';
import type { HttpRequest } from '../server/exchange.js';
import { parseQuery } from '../server/query.js';

/**
 * The named inputs of a prediction: the query's where `withQuery` (every path but `/predictions`), then the fields of a form or
 * multipart body, or the whole body as `body` with its content type.
 */
export function readInputs({ contentType, body, target }: HttpRequest, withQuery: boolean): Parameter[] {
  const fromQuery = withQuery ? parseQuery(target.query).map(([name, value]) => bytes(name, value)) : [];
  return [...fromQuery, ...bodyInputs(contentType, body)];
}
