import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { besideCode, FROM_SOURCE } from '#own-files.js';
import { VERSION } from '#version.js';

const require = createRequire(import.meta.url);

/** The version of a provided module in this installation, or undefined when it is not installed. */
export function providedVersion(name: string): string | undefined {
  if (name === 'model-archiver/service') return VERSION;
  const directory = packageDirectory(name);
  if (directory === undefined) return undefined;
  const { version }: { version?: unknown } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  return typeof version === 'string' ? version : undefined;
}

/** The directory of one of our own dependencies, wherever the package manager has put it. */
export function packageDirectory(name: string): string | undefined {
  for (const root of require.resolve.paths(name) ?? []) {
    const directory = join(root, name);
    if (existsSync(join(directory, 'package.json'))) return directory;
  }
  return undefined;
}

/** The declarations of `model-archiver/service`: `.d.ts` in the published package, the source itself in a checkout. */
export function serviceDeclarations(): string {
  return besideCode(FROM_SOURCE ? 'service/index.ts' : 'service/index.d.ts');
}
