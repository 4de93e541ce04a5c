import { Transform } from 'node:stream';
import * as zlib from 'node:zlib';

/** Node's decoder of Zstandard; undefined before Node 22.15, which has none. */
export const createZstd: (() => Transform) | undefined = decoder(Reflect.get(zlib, 'createZstdDecompress'));

/** What is said where it is missing. */
export const WITHOUT_ZSTD = 'it is compressed with zstd, which Node unpacks from 22.15 on, and this one does not';

function decoder(make: unknown): (() => Transform) | undefined {
  if (typeof make !== 'function') return undefined;
  return () => {
    const made: unknown = Reflect.apply(make, undefined, []);
    if (made instanceof Transform) return made;
    throw new TypeError('createZstdDecompress gives no Transform');
  };
}
