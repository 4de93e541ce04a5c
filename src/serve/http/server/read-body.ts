import type { IncomingMessage } from 'node:http';

const NOTHING = Buffer.alloc(0);

/** True when the request announces more than `limit` bytes. */
export function announcesMore(request: IncomingMessage, limit: number): boolean {
  return Number(request.headers['content-length'] ?? 0) > limit;
}

/**
 * Collects the body. `done` gets undefined as soon as a body without announced length exceeds the limit;
 * it is not called at all when the client goes away before the end.
 */
export function readBody(request: IncomingMessage, limit: number, done: (body: Buffer | undefined) => void): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && (length === undefined || length === '0')) {
    done(NOTHING);
    return;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else if (size - chunk.length <= limit) done(undefined);
  });
  request.on('end', () => {
    const [first] = chunks;
    if (size <= limit) done(chunks.length === 1 && first ? first : Buffer.concat(chunks));
  });
  request.on('error', () => {});
}
