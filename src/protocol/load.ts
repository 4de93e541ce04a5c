import type { Cursor } from './cursor.js';
import { MessageWriter } from './message-writer.js';
import type { LoadDialect, LoadRequest } from './messages.js';

/** First byte of a load message. */
export const LOAD = 0x4c;

/** The load message in the layout of its dialect. */
export function encodeLoad(load: LoadRequest): Buffer[] {
  const writer = new MessageWriter()
    .byte(LOAD)
    .string(load.modelName)
    .string(load.modelPath)
    .int(load.batchSize)
    .string(load.handler)
    .int(load.gpuId);
  const { dialect } = load;
  if (dialect.kind === 'mms') return writer.string(dialect.ioFd).finish();
  return writer
    .string(dialect.envelope)
    .byte(dialect.limitMaxImagePixels ? 1 : 0)
    .finish();
}

/** Reads what follows the first byte of a load message. */
export function parseLoad(cursor: Cursor, dialect: LoadDialect['kind']): LoadRequest {
  return {
    modelName: cursor.string('model name'),
    modelPath: cursor.string('model path'),
    batchSize: cursor.int(),
    handler: cursor.string('handler'),
    gpuId: cursor.int(),
    dialect:
      dialect === 'mms'
        ? { kind: 'mms', ioFd: cursor.string('io-fd name') }
        : { kind: 'torchserve', envelope: cursor.string('envelope'), limitMaxImagePixels: cursor.byte() !== 0 },
  };
}
