import { decodeForm } from './form.js';
import type { Parameter } from './messages.js';
import { boundaryOf, MAX_FIELDS, readMultipart, tooManyFields } from './multipart.js';

const FORM = 'application/x-www-form-urlencoded';

/** The named inputs of a body: the fields of a form or multipart one, else all of it as `body`. */
export function bodyInputs(contentType: string, body: Buffer): Parameter[] {
  const boundary = boundaryOf(contentType);
  if (boundary !== undefined) return readMultipart(body, boundary);
  return isForm(contentType) ? readForm(body) : [wholeBody(contentType, body)];
}

/** Whether a body of this type has fields. */
export function isForm(contentType: string): boolean {
  return boundaryOf(contentType) !== undefined || mimeType(contentType).toLowerCase() === FORM;
}

/** A body that is one input. */
export function wholeBody<Value>(contentType: string, value: Value): Parameter<Value> {
  return { name: 'body', contentType: mimeType(contentType), value };
}

/** Content type without its parameters, in the client's case. */
export function mimeType(contentType: string): string {
  const semicolon = contentType.indexOf(';');
  return (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim();
}

/** Fields of a form body, at most 1,000. Multi Model Server drops a last field that has no `=`. */
function readForm(body: Buffer): Parameter[] {
  const fields = body.toString('utf8').split('&', MAX_FIELDS + 1);
  if (fields.length > MAX_FIELDS) throw tooManyFields();
  return fields.flatMap((field, index) => {
    const equals = field.indexOf('=');
    const name = decodeForm(equals < 0 ? field : field.slice(0, equals));
    if (name === '' || (equals < 0 && index === fields.length - 1)) return [];
    return [bytes(name, equals < 0 ? '' : decodeForm(field.slice(equals + 1)))];
  });
}

/** An input without a content type. */
export function bytes(name: string, value: string): Parameter {
  return { name, contentType: '', value: Buffer.from(value) };
}
