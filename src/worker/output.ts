import { messageOf } from '#errors/mar-error.js';
import type { Prediction } from '#protocol/messages.js';
import { SENTENCES } from '#protocol/sentences.js';
import { type Context, PredictionError } from '#service/index.js';
import { kindOf } from './kind-of.js';
import { toJson } from './output-json.js';

const JSON_TYPE = 'application/json';

/** One request's answer from what the handler returned for it. */
export function encodeOutput(id: string, value: unknown, context: Context, index: number): Prediction {
  if (value instanceof PredictionError) return errorPrediction(id, value.status, typeOf(value.status), value.message);
  const body = bodyOf(value);
  if ('refusal' in body) {
    const message = `${SENTENCES.unsupportedType}\nresult ${index + 1} of the batch ${body.refusal}`;
    return errorPrediction(id, 503, 'InternalServerException', message);
  }
  const { status = 200, phrase = '', headers = [] } = context.responseFacts(index) ?? {};
  const declared = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return { id, contentType: declared ?? body.contentType, status, phrase, headers, body: body.bytes };
}

/** An answer in the form of the front end's own errors. */
export function errorPrediction(id: string, status: number, type: string, message: string): Prediction {
  const body = Buffer.from(`${JSON.stringify({ code: status, type, message }, null, 2)}\n`);
  return { id, contentType: JSON_TYPE, status, phrase: '', headers: [], body };
}

/** Names of failures, in the words of the front end where it has one. */
const TYPES: Readonly<Record<number, string>> = {
  404: 'ResourceNotFoundException',
  405: 'MethodNotAllowedException',
  408: 'RequestTimeoutException',
  409: 'ConflictStatusException',
  415: 'UnsupportedMediaTypeException',
  422: 'UnprocessableEntityException',
};

function typeOf(status: number): string {
  return TYPES[status] ?? (status >= 400 && status < 500 ? 'BadRequestException' : 'InternalServerException');
}

type Body = { readonly bytes: Buffer; readonly contentType: string } | { readonly refusal: string };

/** Bytes and strings as they are, everything else as JSON with indent 2; a refusal when it has no JSON form. */
function bodyOf(value: unknown): Body {
  if (typeof value === 'string') return { bytes: Buffer.from(value), contentType: '' };
  if (value instanceof Uint8Array) {
    return { bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength), contentType: '' };
  }
  if (value instanceof ArrayBuffer) return { bytes: Buffer.from(value), contentType: '' };
  try {
    const text: string | undefined = toJson(value);
    if (text !== undefined) return { bytes: Buffer.from(text), contentType: JSON_TYPE };
    return { refusal: `is ${kindOf(value)}, expected a string, a Buffer or a value that JSON has` };
  } catch (error) {
    // A cycle, a toJSON that throws, or something in it that would vanish.
    return { refusal: `is ${kindOf(value)} that JSON cannot hold: ${messageOf(error)}` };
  }
}
