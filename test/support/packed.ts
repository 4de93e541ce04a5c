import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from '#index.js';
import { layFolder } from './model-folder.js';

/** Uses an archive `echo.mar` of these files, whose handler is `service.js`, and the directory that it lies in; both go afterwards. */
export async function withPacked(
  files: Readonly<Record<string, string>>,
  use: (archive: string, directory: string) => Promise<void>,
): Promise<void> {
  const folder = layFolder(files);
  const directory = await mkdtemp(join(tmpdir(), 'mar-packed-'));
  try {
    await pack({ modelName: 'echo', modelPath: folder.path, handler: 'service.js', exportPath: directory });
    await use(join(directory, 'echo.mar'), directory);
  } finally {
    folder.remove();
    await rm(directory, { recursive: true, force: true });
  }
}
