import { join } from 'node:path';
import { MarError } from '#errors/mar-error.js';
import { readDescription } from './native-modules.js';

/**
 * Packages that a model directory packs as they are installed, since its `.marignore` asks for them: those of which `package.json`
 * is among the paths. Throws `ERR_HANDLER_COMPILE` for one whose own dependencies stay behind.
 */
export function keptPackages(root: string, paths: readonly string[]): string[] {
  const kept = paths.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(path)?.[1] ?? []);
  for (const name of kept) {
    const { dependencies = {} } = readDescription(join(root, 'node_modules', name, 'package.json')) ?? {};
    const absent = Object.keys(dependencies).filter(
      (needed) => !kept.includes(needed) && !paths.includes(`node_modules/${name}/node_modules/${needed}/package.json`),
    );
    if (absent.length === 0) continue;
    throw new MarError(
      `The package '${name}' is packed as it is installed, but not ${absent.join(', ')}, which it depends on.`,
      {
        code: 'ERR_HANDLER_COMPILE',
        hint: `Add to .marignore: ${absent.map((needed) => `!node_modules/${needed}/`).join(' ')}.`,
      },
    );
  }
  return kept;
}
