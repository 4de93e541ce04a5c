import type { ByteSource } from '../pickle/window.js';
import { unpackBzip2 } from '../unpack/bzip2.js';
import { UnusualFilter, unpackLzma, unpackXz } from '../unpack/xz.js';
import { type Content, NotFollowed, type OpenSource, readFully, unpacked } from './bytes.js';

/** What is unpacked by our own decoders, out of memory. */
export type Packing = 'bzip2' | 'xz' | 'lzma' | 'zip-lzma';

/** Packed bytes: these decoders take a second for some megabytes. */
const MOST_PACKED = 32 * 1024 * 1024;

/** What content unpacks to. */
export function packedContent(content: Content, packing: Packing): Content {
  return {
    size: undefined,
    async open() {
      const source = await content.open();
      try {
        return await unpackedSource(source, packing);
      } finally {
        await source.close();
      }
    },
  };
}

/** What the rest of a source unpacks to. */
export async function unpackedSource(source: ByteSource, packing: Packing): Promise<OpenSource> {
  const bytes = await readFully(source, MOST_PACKED + 1);
  if (bytes.length > MOST_PACKED) throw new NotFollowed(`it is larger than what is unpacked of ${packing}`, true);
  return unpacked(slowly(unpack(bytes, packing)));
}

function unpack(bytes: Buffer, packing: Packing): Iterable<Buffer> {
  if (packing === 'bzip2') return unpackBzip2(bytes);
  if (packing === 'xz') return unpackXz(bytes);
  if (packing === 'lzma') return unpackLzma(bytes);
  // A zip keeps the properties behind a version and their length, and the size elsewhere.
  return unpackLzma(Buffer.concat([bytes.subarray(4, 9), Buffer.alloc(8, 0xff), bytes.subarray(9)]));
}

async function* slowly(parts: Iterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (const part of parts) if (part.length > 0) yield part;
  } catch (error) {
    if (error instanceof RangeError)
      throw new NotFollowed(`it cannot be unpacked: ${error.message}`, error instanceof UnusualFilter);
    throw error;
  }
}
