import { MarError } from '#errors/mar-error.js';
import type { Cursor } from './cursor.js';
import { MessageDecoder } from './decoder.js';
import { MessageWriter } from './message-writer.js';
import type { Prediction, WorkerResponse } from './messages.js';

/** The answer to a load (no predictions) or to a batch. */
export function encodeResponse(response: WorkerResponse): Buffer[] {
  const writer = new MessageWriter().int(response.code).string(response.message);
  for (const prediction of response.predictions) {
    writer
      .string(prediction.id)
      .string(prediction.contentType)
      .int(prediction.status)
      .string(prediction.phrase)
      .int(prediction.headers.length)
      .pairs(prediction.headers)
      .bytes(prediction.body);
  }
  return writer.end().finish();
}

/** Decodes a worker's answers; `limit` is the largest body in bytes. */
export function responseDecoder(limit?: number): MessageDecoder<WorkerResponse> {
  return new MessageDecoder((cursor) => parseResponse(cursor, limit));
}

function parseResponse(cursor: Cursor, limit: number | undefined): WorkerResponse {
  return {
    code: cursor.int(),
    message: cursor.string('message'),
    predictions: cursor.list((idLength) => parsePrediction(cursor, idLength, limit)),
  };
}

function parsePrediction(cursor: Cursor, idLength: number, limit: number | undefined): Prediction {
  return {
    id: cursor.stringOf(idLength, 'request id'),
    contentType: cursor.string('content type'),
    status: cursor.int(),
    phrase: cursor.string('reason phrase'),
    headers: parseHeaders(cursor),
    body: cursor.bytes('response', limit),
  };
}

function parseHeaders(cursor: Cursor): (readonly [string, string])[] {
  const count = cursor.int();
  if (count < 0) {
    throw new MarError(`an answer with ${count} headers was announced, expected 0 or more`, {
      code: 'ERR_PROTOCOL',
    });
  }
  const headers: (readonly [string, string])[] = [];
  for (let index = 0; index < count; index++) {
    headers.push([cursor.string('response header'), cursor.string('response header')]);
  }
  return headers;
}
