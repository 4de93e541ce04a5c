import type { Cursor } from './cursor.js';
import { MessageWriter } from './message-writer.js';
import type { PredictRequest, SentJob } from './messages.js';

/** First byte of a predict message. */
export const PREDICT = 0x49;

/** A batch of jobs; bodies of 32 KiB and more are passed on by reference. */
export function encodePredict({ jobs }: { readonly jobs: readonly SentJob[] }): Buffer[] {
  const writer = new MessageWriter().byte(PREDICT);
  for (const job of jobs) {
    writer.string(job.id).pairs(job.headers).end();
    for (const { name, contentType, value } of job.parameters) writer.string(name).string(contentType).bytes(value);
    writer.end();
  }
  return writer.end().finish();
}

/** Reads what follows the first byte of a predict message. */
export function parsePredict(cursor: Cursor): PredictRequest {
  return {
    jobs: cursor.list((idLength) => ({
      id: cursor.stringOf(idLength, 'request id'),
      headers: cursor.pairs('request header'),
      parameters: cursor.list((nameLength) => ({
        name: cursor.stringOf(nameLength, 'parameter name'),
        contentType: cursor.string('parameter content type'),
        value: cursor.bytes('parameter value'),
      })),
    })),
  };
}
