import { open } from 'node:fs/promises';
import { checkUnchanged, type SourceFile, unreadableFile } from './source-file.js';
import { throwIfAborted } from './throw-if-aborted.js';

const CHUNK = 1024 * 1024;

/**
 * The content of a file in chunks of 1 MiB, each read while the one before is being worked on. A chunk's memory is used
 * again: it is valid until the next but one is asked for. Throws when the file changed since it was collected.
 */
export async function* readChunks(source: SourceFile, signal?: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  const handle = await open(source.file, 'r').catch((error: unknown) => {
    throw unreadableFile(source.path, error);
  });
  try {
    checkUnchanged(source, await handle.stat());
    const size = Math.min(CHUNK, Math.max(1, source.size));
    let [ahead, after, then] = [Buffer.allocUnsafe(size), Buffer.allocUnsafe(size), Buffer.allocUnsafe(size)];
    let total = 0;
    let next = handle.read(ahead, 0, size, 0);
    for (;;) {
      const { bytesRead, buffer } = await next;
      if (bytesRead === 0) break;
      total += bytesRead;
      throwIfAborted(signal);
      [ahead, after, then] = [after, then, ahead];
      next = handle.read(ahead, 0, size, total);
      next.catch(() => {});
      yield buffer.subarray(0, bytesRead);
    }
    checkUnchanged(source, { size: total, mtimeMs: (await handle.stat()).mtimeMs });
  } catch (error) {
    throw unreadableFile(source.path, error);
  } finally {
    await handle.close();
  }
}
