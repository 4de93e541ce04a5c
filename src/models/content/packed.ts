import { createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { ByteSource } from '../pickle/window.js';
import { unpackBzip2 } from '../unpack/bzip2.js';
import { unpackLz4 } from '../unpack/lz4.js';
import { UnusualFilter, unpackLzma, unpackXz } from '../unpack/xz.js';
import { createZstd, WITHOUT_ZSTD } from '../unpack/zstd.js';
import { type Content, NotFollowed, type OpenSource, readFully, through, transformed, unpacked } from './bytes.js';
import { readThrough, unpackedBy } from './opened.js';

/** How a whole file may be packed; `zfile` is the oldest way of joblib. */
export type FilePacking = 'gzip' | 'zlib' | 'zfile' | 'bzip2' | 'xz' | 'lzma' | 'lz4' | 'zstd';

/** What a packed file unpacks to, whose first bytes are `head`; undefined where that cannot be told. */
export function contentUnpacked(content: Content, packing: FilePacking, head: Buffer): Content | undefined {
  switch (packing) {
    case 'gzip':
      return unpackedBy(content, 0, createGunzip);
    case 'zlib':
      return unpackedBy(content, 0, createInflate);
    case 'zfile': {
      const start = head.indexOf('x\x9c', 4, 'latin1');
      return start > 0 ? unpackedBy(content, start, createInflate) : undefined;
    }
    case 'lz4':
    case 'zstd': {
      const at = behindSkipped(head);
      const isLz4 = at + 4 <= head.length && head.readUInt32LE(at) === 0x184d2204;
      return readThrough(content, at, packing === 'lz4' || isLz4 ? unpackedLz4 : unpackedZstd);
    }
    default:
      return packedContent(content, packing);
  }
}

/** What is unpacked by our own decoders, out of memory. */
type Packing = 'bzip2' | 'xz' | 'lzma' | 'zip-lzma';

/** Packed bytes: these decoders take a second for some megabytes. */
const MOST_PACKED = 32 * 1024 * 1024;

/** What content unpacks to. */
function packedContent(content: Content, packing: Packing): Content {
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

/** Where the first frame begins that is not to be skipped; LZ4 and Zstandard write such frames in the same way. */
function behindSkipped(head: Buffer): number {
  let at = 0;
  while (at + 8 <= head.length && (head.readUInt32LE(at) & 0xfffffff0) === 0x184d2a50)
    at += 8 + head.readUInt32LE(at + 4);
  if (at > 0 && at + 4 > head.length)
    throw new NotFollowed('it begins with frames to be skipped, which are longer than is followed', true);
  return at;
}

const unpackedLz4 = (source: ByteSource): OpenSource =>
  unpacked(slowly(unpackLz4((length) => readFully(source, length))));

const unpackedZstd = (source: ByteSource): OpenSource => unpacked(firstFrame(source));

/** Node's decoder ends with the first frame, and others go on: what lies behind it would not be seen. */
async function* firstFrame(source: ByteSource): AsyncGenerator<Buffer> {
  if (!createZstd) throw new NotFollowed(WITHOUT_ZSTD);
  const decoder = createZstd();
  let given = 0;
  const read = async (length: number): Promise<Buffer> => {
    const bytes = await source.read(length);
    given += bytes.length;
    return bytes;
  };
  let unpackedBytes = 0;
  for await (const chunk of transformed({ read, skip: (length) => source.skip(length) }, decoder)) {
    unpackedBytes += chunk.length;
    yield chunk;
  }
  // Where the data is cut off, Node 22 says nothing.
  if (unpackedBytes === 0) throw new NotFollowed('it cannot be unpacked: nothing comes out of it');
  if (Number(Reflect.get(decoder, 'bytesWritten')) < given)
    throw new NotFollowed('more follows the first frame of its zstd, which is not unpacked here', true);
}

/** What a member of a zip unpacks to, by its method. A method that is not unpacked here is refused with `NotFollowed`. */
export async function memberSource(source: ByteSource, method: number): Promise<OpenSource> {
  switch (method) {
    case 8:
      return through(source, createInflateRaw());
    case 12:
      return unpackedSource(source, 'bzip2');
    case 14:
      return unpackedSource(source, 'zip-lzma');
    case 93:
      return unpackedZstd(source);
    default:
      throw new NotFollowed(`it is compressed by method ${method}, which is not unpacked here`);
  }
}

/** What the rest of a source unpacks to. */
async function unpackedSource(source: ByteSource, packing: Packing): Promise<OpenSource> {
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

async function* slowly(parts: Iterable<Buffer> | AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    for await (const part of parts) if (part.length > 0) yield part;
  } catch (error) {
    if (error instanceof RangeError)
      throw new NotFollowed(`it cannot be unpacked: ${error.message}`, error instanceof UnusualFilter);
    throw error;
  }
}
