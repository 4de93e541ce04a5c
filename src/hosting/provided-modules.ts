import { existsSync } from 'node:fs';
import { mkdir, realpath, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PROVIDED } from '#conventions/provided-modules.js';
import { PACKAGE_ROOT } from '#own-files.js';

/**
 * Links to the runner's own copies in `dir`/node_modules, where the imports of everything below `dir` look: for sandboxed workers,
 * which may not start the thread that Node's import hooks run in. (Junctions, on Windows: links there ask for a privilege.)
 */
export async function linkProvidedModules(dir: string): Promise<void> {
  await mkdir(join(dir, 'node_modules'));
  const places = createRequire(join(PACKAGE_ROOT, 'package.json')).resolve.paths('any') ?? [];
  for (const { package: name } of PROVIDED) {
    const found = places.map((place) => join(place, name)).find((path) => existsSync(path));
    const target = name === 'model-archiver' ? PACKAGE_ROOT : found;
    if (target !== undefined) await symlink(await realpath(target), join(dir, 'node_modules', name), 'junction');
  }
}
