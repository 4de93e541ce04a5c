import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { MarError } from '#errors/mar-error.js';

/** What decodes a body; `first` is its first byte. */
export type BodyDecoder = (first: number) => Transform;

/** Bare deflate is sent under the name of its wrapped form: a wrapped one begins with the method 8. */
const inflate: BodyDecoder = (first) => ((first & 0x0f) === 8 ? createInflate() : createInflateRaw());

const DECODERS: Readonly<Record<string, BodyDecoder>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: inflate,
  br: () => createBrotliDecompress(),
};

/** What decodes a body of this Content-Encoding, undefined for one that needs nothing. Throws `ERR_CONTENT_ENCODING`. */
export function bodyDecoder(encoding: string | undefined): BodyDecoder | undefined {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return undefined;
  if (Object.hasOwn(DECODERS, name)) return DECODERS[name];
  throw new MarError(`The body has the content encoding "${name}"; expected gzip, deflate, br or none.`, {
    code: 'ERR_CONTENT_ENCODING',
  });
}

/** Refuses a body that is encoded for its transfer in any way but in chunks: its handler would take it for what it is not. Throws `ERR_CONTENT_ENCODING`. */
export function refuseTransferEncoding(encoding: string | undefined): void {
  const name = encoding?.trim().toLowerCase();
  if (name === undefined || name === 'chunked') return;
  throw new MarError(`The body has the transfer encoding "${name}"; expected chunked.`, {
    code: 'ERR_CONTENT_ENCODING',
  });
}

/** The headers of a body that was decoded: without its encoding, with the length that it has now. */
export function decodedHeaders(rawHeaders: readonly string[], length: number): string[] {
  const headers: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const lower = name.toLowerCase();
    if (lower !== 'content-encoding')
      headers.push(name, lower === 'content-length' ? String(length) : (rawHeaders[index + 1] ?? ''));
  }
  return headers;
}
