/** Headers of the transfer, which ends before the handler: it gets the whole body. */
const OF_TRANSFER = new Set(['transfer-encoding', 'expect']);

/** Names seen so far with their spread hash; clients repeat a few names for ever. */
const hashes = new Map<string, number>();
const MAX_REMEMBERED = 4096;

/**
 * The request's headers for a handler: names as the client wrote them, of a repeated one the last value. The order is Multi Model Server's:
 * that of Java's HashMap, which handlers that print or sign all headers have always seen. A chunked body gets its length.
 */
export function handlerHeaders(rawHeaders: readonly string[], bodyLength: number): [string, string][] {
  const headers = new Map<string, string>();
  let chunked = false;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (OF_TRANSFER.has(name.toLowerCase())) chunked ||= name.length === 'transfer-encoding'.length;
    else headers.set(name, rawHeaders[index + 1] ?? '');
  }
  if (chunked) headers.set('content-length', String(bodyLength));
  const entries = [...headers];
  const mask = tableSize(entries.length) - 1;
  return entries.sort(([a], [b]) => (hashOf(a) & mask) - (hashOf(b) & mask));
}

/** 16 buckets, doubled while more than three quarters are taken. */
function tableSize(count: number): number {
  let size = 16;
  while (count > size * 0.75) size *= 2;
  return size;
}

/** `String.hashCode()` with its upper half folded into the lower one. */
function hashOf(name: string): number {
  const known = hashes.get(name);
  if (known !== undefined) return known;
  let hash = 0;
  for (let index = 0; index < name.length; index += 1) hash = (Math.imul(hash, 31) + name.charCodeAt(index)) | 0;
  const spread = hash ^ (hash >>> 16);
  if (hashes.size < MAX_REMEMBERED) hashes.set(name, spread);
  return spread;
}
