import { MarError } from '#errors/mar-error.js';
import type { Parameter } from './messages.js';

const LINE_END = '\r\n';
const HEAD_END = '\r\n\r\n';

/** Fields of a form at most; more is an attack on whoever has to hold them. */
export const MAX_FIELDS = 1000;
/** Bytes of the headers of one part. */
const MAX_HEAD = 8192;

/** The boundary of a `multipart/form-data` content type; undefined for every other type, and where it has none. */
export function boundaryOf(contentType: string): string | undefined {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) return undefined;
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  return quoted ?? plain;
}

/**
 * The parts of a form in order, as Multi Model Server hands them over: a part with a filename keeps its content type (without one it is
 * octets), every other part is bytes without a type, and a part that is cut off is dropped. Our own reader because a library's
 * (@fastify/busboy) could not meet three recordings: it hands over cut-off parts, guesses text/plain for a file without a type,
 * and reports fields before files. The whole body is in memory, its size was limited before. Throws `ERR_HTTP_MESSAGE` for a
 * part without a name, oversized part headers, or more than 1,000 parts.
 */
export function readMultipart(body: Buffer, boundary: string): Parameter[] {
  const delimiter = Buffer.from(`${LINE_END}--${boundary}`);
  const parts: Parameter[] = [];
  const opening = body.indexOf(`--${boundary}`);
  if (opening < 0) return parts;
  let start = opening + delimiter.length - LINE_END.length;
  for (let count = 0; body.toString('latin1', start, start + 2) !== '--'; count += 1) {
    if (count >= MAX_FIELDS) throw tooManyFields();
    const headerStart = body.indexOf(LINE_END, start) + LINE_END.length;
    const end = headerStart < LINE_END.length ? -1 : body.indexOf(delimiter, headerStart - LINE_END.length);
    if (end < 0) return parts;
    const part = body.subarray(headerStart, end);
    const headEnd = part.subarray(0, MAX_HEAD).indexOf(HEAD_END);
    if (headEnd < 0) throw formError('A part of the form has no end of its headers.');
    parts.push(partOf(part.toString('utf8', 0, headEnd), part.subarray(headEnd + HEAD_END.length)));
    start = end + delimiter.length;
  }
  return parts;
}

function partOf(head: string, value: Buffer): Parameter {
  const headers = new Map<string, string>();
  for (const line of head.split(LINE_END)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const disposition = headers.get('content-disposition') ?? '';
  const name = attribute(disposition, 'name');
  if (name === undefined) throw formError('A part of the form has no name.');
  if (attribute(disposition, 'filename') === undefined) return { name, contentType: '', value };
  const type = headers.get('content-type')?.split(';', 1)[0]?.trim();
  return { name, contentType: type ?? 'application/octet-stream', value };
}

function attribute(disposition: string, name: string): string | undefined {
  const [, quoted, plain] =
    new RegExp(`;\\s*${name}=(?:"((?:\\\\.|[^"\\\\])*)"|([^;\\s"][^;\\s]*))`, 'i').exec(disposition) ?? [];
  return quoted?.replaceAll(/\\(.)/g, '$1') ?? plain;
}

/** What a form with too many fields is refused with. */
export function tooManyFields(): MarError {
  return formError(`The form has more than ${MAX_FIELDS} fields.`);
}

function formError(message: string): MarError {
  return new MarError(message, { code: 'ERR_HTTP_MESSAGE' });
}
