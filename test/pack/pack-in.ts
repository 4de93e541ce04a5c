import { openArchive } from '#archive/open.js';
import { type PackOptions, type PackResult, pack } from '#index.js';

/** The directory `m` with a handler in Python. */
export const PYTHON = { 'm/service.py': 'def handle(data, context):\n    return data\n' };

/** Packs the directory `m` of a folder. */
export function packIn(cwd: string, options: Partial<PackOptions> = {}): Promise<PackResult> {
  return pack({ modelName: 'noop', modelPath: 'm', handler: 'service:handle', cwd, ...options });
}

/** The paths in an archive. */
export async function list(file: string): Promise<string[]> {
  const archive = await openArchive(file);
  try {
    return archive.entries.map(({ path }) => path);
  } finally {
    await archive.close();
  }
}
