import { MarError } from '#errors/mar-error.js';
import type { Cursor } from './cursor.js';
import { type DecoderOptions, MessageDecoder } from './decoder.js';
import { LOAD, parseLoad } from './load.js';
import type { LoadDialect, LoadRequest, PredictRequest } from './messages.js';
import { PREDICT, parsePredict } from './predict.js';

/** What a front end sends to a worker. */
export type WorkerRequest =
  | { readonly kind: 'load'; readonly load: LoadRequest }
  | { readonly kind: 'predict'; readonly predict: PredictRequest };

/** Decodes a front end's messages in one dialect of the load message. */
export function requestDecoder(
  dialect: LoadDialect['kind'] = 'mms',
  options?: DecoderOptions,
): MessageDecoder<WorkerRequest> {
  return new MessageDecoder((cursor) => parseRequest(cursor, dialect), options);
}

function parseRequest(cursor: Cursor, dialect: LoadDialect['kind']): WorkerRequest {
  const command = cursor.byte();
  if (command === PREDICT) return { kind: 'predict', predict: parsePredict(cursor) };
  if (command === LOAD) return { kind: 'load', load: parseLoad(cursor, dialect) };
  throw new MarError(`a message starts with byte ${command}, expected ${LOAD} (load) or ${PREDICT} (predict)`, {
    code: 'ERR_PROTOCOL',
  });
}
