import { setImmediate } from 'node:timers/promises';
import { formatByMagic } from '#archive/formats.js';
import type { Compressor } from '#archive/writing/compression.js';
import type { Content } from '#archive/writing/content.js';
import { contentOf } from '#archive/writing/make-content.js';
import { lookAt, SMALL_FILE } from '#archive/writing/small-file.js';
import type { FoundFile, SourceFile } from '#archive/writing/source-file.js';
import { throwIfAborted } from '#archive/writing/throw-if-aborted.js';
import { looksSecret } from '#secrets/looks-secret.js';

/** Bytes of small files that are kept between the first look and the writing. */
const ROOM = 32 * 1024 * 1024;
/** Files between two looks at the signal. */
const BREATH = 256;

/** Opens every file once. The contents of small ones are kept, hashed and compressed, up to 32 MiB of them. */
export async function takeIn(
  files: readonly FoundFile[],
  compressor: Compressor,
  signal: AbortSignal | undefined,
): Promise<SourceFile[]> {
  const memory = Buffer.allocUnsafeSlow(SMALL_FILE);
  const sources: SourceFile[] = [];
  let room = ROOM;
  for (const found of files) {
    if (sources.length % BREATH === 0) {
      await setImmediate();
      throwIfAborted(signal);
    }
    const { source, head, bytes } = lookAt(found, memory, (size) => size <= room);
    const zipped = formatByMagic(head) !== undefined;
    if (bytes === undefined) {
      sources.push({ ...source, zipped });
      continue;
    }
    room -= bytes.length;
    const suspect = looksSecret(bytes);
    sources.push({ ...source, zipped, suspect, kept: ownMemory(contentOf(source.path, bytes, compressor)) });
  }
  return sources;
}

/** The next file is read over this one, and a deflated one lies in a buffer of many times its size. */
function ownMemory(content: Content): Content {
  return { ...content, data: Buffer.from(content.data) };
}
