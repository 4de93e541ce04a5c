import { inflateRawSync } from 'node:zlib';

/** How content lies in an archive. */
export type Method = 'store' | 'deflate';

/** The content of an entry that is handled in one piece, as it goes into the archive. */
export interface Content {
  readonly method: Method;
  /** What is written: deflated, or the content itself. */
  readonly data: Buffer;
  /** Bytes of the content itself. */
  readonly size: number;
  readonly crc32: number;
  /** Hex. */
  readonly sha256: string;
}

/** The content itself. */
export function plainBytes({ method, data }: Content): Buffer {
  return method === 'deflate' ? inflateRawSync(data) : data;
}
