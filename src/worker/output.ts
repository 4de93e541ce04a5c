import { messageOf } from '#errors/mar-error.js';
import type { Prediction } from '#protocol/messages.js';
import { SENTENCES } from '#protocol/sentences.js';
import { type Context, PredictionError } from '#service/index.js';
import { kindOf } from './kind-of.js';

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

function typeOf(status: number): string {
  return status === 400 ? 'BadRequestException' : 'InternalServerException';
}

type Body = { readonly bytes: Buffer; readonly contentType: string } | { readonly refusal: string };

/** Bytes and strings as they are, everything else as JSON with indent 2; a refusal when it has no JSON form. */
function bodyOf(value: unknown): Body {
  if (typeof value === 'string') return { bytes: Buffer.from(value), contentType: '' };
  if (value instanceof Uint8Array) {
    return { bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength), contentType: '' };
  }
  try {
    const text: string | undefined = JSON.stringify(value, jsonValue, 2);
    if (text !== undefined) return { bytes: Buffer.from(text), contentType: JSON_TYPE };
    return { refusal: `is ${kindOf(value)}, expected a string, a Buffer or a value that JSON has` };
  } catch (error) {
    // A cycle, or a toJSON that throws.
    return { refusal: `is ${kindOf(value)} that JSON cannot hold: ${messageOf(error)}` };
  }
}

/** Typed arrays as lists, big integers as numbers where a number can hold them. */
function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Uint8Array);
  return value;
}
