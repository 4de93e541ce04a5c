import { Busboy } from '@fastify/busboy';
import type { Parameter } from '#protocol/messages.js';

const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** True for `multipart/form-data` with a boundary; without one the body is just bytes. */
export function isMultipart(contentType: string): boolean {
  return /^multipart\/form-data\s*;.*boundary=/is.test(contentType);
}

/**
 * The parts of a form in order, as the peers hand them over: a part with a filename keeps its content type, every other part is
 * bytes without one; a part that is cut off is dropped. The size of the whole body was limited before.
 */
export function readMultipart(body: Buffer, contentType: string): Promise<Parameter[]> {
  const parts: Parameter[] = [];
  return new Promise((resolve) => {
    const parser = new Busboy({
      headers: { 'content-type': contentType },
      isPartAFile: (_name, _type, fileName) => fileName !== undefined,
      limits: { fieldNameSize: NO_LIMIT, fieldSize: NO_LIMIT, fileSize: NO_LIMIT },
    });
    parser.on('field', (name, value) => parts.push({ name, contentType: '', value: Buffer.from(value) }));
    parser.on('file', (name, stream, _fileName, _encoding, type) => {
      const chunks: Buffer[] = [];
      const part = { name, contentType: type, value: Buffer.alloc(0) };
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        part.value = Buffer.concat(chunks);
        parts.push(part);
      });
      stream.on('error', () => {});
    });
    parser.on('error', () => resolve(parts));
    parser.on('finish', () => resolve(parts));
    parser.end(body);
  });
}
