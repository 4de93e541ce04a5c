import { STATUS_CODES } from 'node:http';
import { messageOf } from '#errors/mar-error.js';
import type { Prediction } from '#protocol/messages.js';
import { SENTENCES } from '#protocol/sentences.js';
import { type Context, PredictionError } from '#service/index.js';
import { BYTES, bytesOf, Collected } from './collect.js';
import { kindOf } from './kind-of.js';
import { toJson } from './output-json.js';

const JSON_TYPE = 'application/json';

/** The failure of one request in place of its result, in the words of the front end: status and message. */
export class FailedResult {
  readonly status: number;
  readonly message: string;

  constructor(status: number, message: string) {
    this.status = status;
    this.message = message;
  }
}

/** One request's answer from what the handler returned for it. An object that throws when it is looked at (a proxy) fails its own request. */
export function encodeOutput(id: string, value: unknown, context: Context, index: number): Prediction {
  try {
    return encode(id, value, context, index);
  } catch {
    return failedPrediction(id, unsupported(index, 'is an object that cannot be read, expected a value that JSON has'));
  }
}

function encode(id: string, value: unknown, context: Context, index: number): Prediction {
  if (value instanceof PredictionError) return errorPrediction(id, value);
  if (value instanceof FailedResult) return failedPrediction(id, value);
  const body = bodyOf(value);
  if ('refusal' in body) return failedPrediction(id, unsupported(index, body.refusal));
  const { status = 200, phrase = '', headers = [] } = context.responseFacts(index) ?? {};
  const declared = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return { id, contentType: declared ?? body.contentType, status, phrase, headers, body: body.bytes };
}

/** A result that cannot be sent; `refusal` goes on from "result 1 of the batch". */
export function unsupported(index: number, refusal: string): FailedResult {
  return new FailedResult(503, `${SENTENCES.unsupportedType}\nresult ${index + 1} of the batch ${refusal}`);
}

/** A PredictionError's answer, in the form of the front end's own errors. */
export function errorPrediction(id: string, { status, message }: PredictionError): Prediction {
  return failure(id, status, typeOf(status), String(message));
}

function failedPrediction(id: string, { status, message }: FailedResult): Prediction {
  return failure(id, status, 'InternalServerException', message);
}

function failure(id: string, status: number, type: string, message: string): Prediction {
  const body = Buffer.from(`${JSON.stringify({ code: status, type, message }, null, 2)}\n`);
  return { id, contentType: JSON_TYPE, status, phrase: '', headers: [], body };
}

/** Where the front end has a name of its own. */
const TYPES: Readonly<Record<number, string>> = {
  404: 'ResourceNotFoundException',
  409: 'ConflictStatusException',
  500: 'InternalServerException',
};

/** `UnsupportedMediaTypeException` for 415: the phrase of HTTP, as the front end names its exceptions. */
function typeOf(status: number): string {
  const phrase = STATUS_CODES[status] ?? '';
  const named = TYPES[status] ?? (/^[\w -]+$/.test(phrase) ? `${phrase.replaceAll(/[ -]/g, '')}Exception` : undefined);
  if (named !== undefined && status >= 400) return named;
  return status >= 400 && status < 500 ? 'BadRequestException' : 'InternalServerException';
}

type Body = { readonly bytes: Buffer; readonly contentType: string } | { readonly refusal: string };

/** Bytes, strings and what was collected as they are, everything else as JSON with indent 2; a refusal when it has no JSON form. */
function bodyOf(value: unknown): Body {
  if (typeof value === 'string') return { bytes: Buffer.from(value), contentType: '' };
  if (value instanceof Uint8Array) {
    return { bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength), contentType: '' };
  }
  if (value instanceof Collected) return value;
  if (value instanceof ArrayBuffer) return { bytes: Buffer.from(value), contentType: BYTES };
  if (value instanceof DataView) return { bytes: bytesOf(value), contentType: BYTES };
  try {
    const text: string | undefined = toJson(value);
    if (text !== undefined) return { bytes: Buffer.from(text), contentType: JSON_TYPE };
    return { refusal: `is ${kindOf(value)}, expected a string, a Buffer or a value that JSON has` };
  } catch (error) {
    // A cycle, a toJSON that throws, or something in it that would vanish.
    return { refusal: `is ${kindOf(value)} that JSON cannot hold: ${messageOf(error)}` };
  }
}
