import { join } from 'node:path';
import { MarError } from '#errors/mar-error.js';
import { packageDirectory } from './provided.js';

/**
 * The program of the native TypeScript compiler, which npm installs for this platform. Throws `ERR_TYPECHECK` where it has not:
 * there is none for the platform, or optional packages were left out.
 */
export function nativeCompiler(platform: string = process.platform, arch: string = process.arch): string {
  const name = `@typescript/typescript-${platform}-${arch}`;
  const directory = packageDirectory(name);
  if (directory !== undefined) return join(directory, 'lib', platform === 'win32' ? 'tsc.exe' : 'tsc');
  throw new MarError(`The handler's types could not be checked: the package ${name} is not installed.`, {
    code: 'ERR_TYPECHECK',
    hint: 'Install model-archiver with its optional packages; the handler is compiled and packed without it.',
  });
}
