import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PACKAGE_ROOT } from '#own-files.js';

/** The directories that this program, its modules and the Node that runs it lie in. */
export function ownDirectories(): string[] {
  const modules = createRequire(join(PACKAGE_ROOT, 'package.json')).resolve.paths('any') ?? [];
  return [PACKAGE_ROOT, ...modules, dirname(dirname(realpathSync(process.execPath)))].filter((path) =>
    existsSync(path),
  );
}
