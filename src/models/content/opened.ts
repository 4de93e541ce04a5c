import type { Transform } from 'node:stream';
import type { ByteSource } from '../pickle/window.js';
import { type Content, type OpenSource, readFully, through } from './bytes.js';

/** A source whose end nobody waits for. */
export function asOpen(source: ByteSource): OpenSource {
  return { read: (length) => source.read(length), skip: (length) => source.skip(length), close: async () => undefined };
}

/** What a transform makes of content from a byte on. */
export const unpackedBy = (content: Content, from: number, transform: () => Transform): Content =>
  readThrough(content, from, (source) => through(source, transform()));

/** What a reader makes of content from a byte on; both are closed together. */
export function readThrough(content: Content, from: number, unpack: (source: ByteSource) => OpenSource): Content {
  return {
    size: undefined,
    async open() {
      const source = await content.open();
      await source.skip(from);
      const reader = unpack(source);
      return {
        read: (length) => reader.read(length),
        skip: (length) => reader.skip(length),
        async close() {
          await reader.close();
          await source.close();
        },
      };
    },
  };
}

/** The bytes of content whose size nobody knows. */
export async function sizeOf(content: Content): Promise<number> {
  const source = await content.open();
  try {
    let size = 0;
    for (let chunk = await source.read(65_536); chunk.length > 0; chunk = await source.read(65_536))
      size += chunk.length;
    return size;
  } finally {
    await source.close();
  }
}

/** Whether a zip ends where the content ends: readers of zips look there, whatever is in front. */
export async function endsLikeZip(content: Content, size: number): Promise<boolean> {
  const source = await content.open();
  try {
    await source.skip(Math.max(0, size - 65_557));
    return (await readFully(source, 65_557)).includes('PK\x05\x06', 0, 'latin1');
  } finally {
    await source.close();
  }
}

/** An error of zlib: its codes are those of the library. */
export function isDamage(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && /^Z_|^ZSTD_|_ZLIB_/.test(error.code)
  );
}
