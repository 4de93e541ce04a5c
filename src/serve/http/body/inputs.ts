import { bodyInputs, bytes, isForm, wholeBody } from '#protocol/body-inputs.js';
import type { SentParameter } from '#protocol/messages.js';
import type { HttpRequest } from '../server/exchange.js';
import { parseQuery } from '../server/query.js';

/**
 * The named inputs of a prediction: the query's where `withQuery` (every path but `/predictions`), then the fields of a form or
 * multipart body, or the whole body as `body` with its content type.
 */
export function readInputs({ contentType, body, target }: HttpRequest, withQuery: boolean): SentParameter[] {
  const fromQuery = withQuery ? parseQuery(target.query).map(([name, value]) => bytes(name, value)) : [];
  const fromBody = isForm(contentType) ? bodyInputs(contentType, body.whole()) : [wholeBody(contentType, body.pieces)];
  return [...fromQuery, ...fromBody];
}
