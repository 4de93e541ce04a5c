import type { Prediction } from '#protocol/messages.js';
import { SENTENCES } from '#protocol/sentences.js';
import { type Context, PredictionError } from '#service/index.js';

const JSON_TYPE = 'application/json';

/** One request's answer from what the handler returned for it. */
export function encodeOutput(id: string, value: unknown, context: Context, index: number): Prediction {
  if (value instanceof PredictionError) return errorPrediction(id, value.status, typeOf(value.status), value.message);
  const body = bodyOf(value);
  if (!body) return errorPrediction(id, 503, 'InternalServerException', SENTENCES.unsupportedType);
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

/** Bytes and strings as they are, everything else as JSON with indent 2; undefined when it has no JSON form. */
function bodyOf(value: unknown): { readonly bytes: Buffer; readonly contentType: string } | undefined {
  if (typeof value === 'string') return { bytes: Buffer.from(value), contentType: '' };
  if (value instanceof Uint8Array) {
    return { bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength), contentType: '' };
  }
  const text = toJson(value);
  return text === undefined ? undefined : { bytes: Buffer.from(text), contentType: JSON_TYPE };
}

function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, jsonValue, 2);
  } catch {
    // A cycle, or a toJSON that throws.
    return undefined;
  }
}

/** Typed arrays as lists, big integers as numbers where a number can hold them. */
function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Uint8Array);
  return value;
}
