import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** True when this program runs from its TypeScript sources; its child processes are then started the same way. */
export const FROM_SOURCE = import.meta.url.endsWith('.ts');

/** The directory of this package: package.json, schemas/ and templates/ lie in it, and dist/ or src/. */
export const PACKAGE_ROOT = dirname(createRequire(import.meta.url).resolve('#package.json'));

/** The file of this package at `path`, for example `schemas/manifest.schema.json`. */
export function ownFile(path: string): string {
  return join(PACKAGE_ROOT, path);
}

/** What lies at `path` beside the code of this program: in dist/, or in src/ when it runs from there. */
export function besideCode(path: string): string {
  return ownFile(join(FROM_SOURCE ? 'src' : 'dist', path));
}

/** The file of the module `path` (`worker/main`, without extension), to start a process or thread with. */
export function ownModule(path: string): string {
  return besideCode(`${path}.${FROM_SOURCE ? 'ts' : 'js'}`);
}
