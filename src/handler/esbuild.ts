import { createRequire } from 'node:module';

/**
 * esbuild, loaded when it is needed. An `import` of a CommonJS file reads all of it first for the names that it exports, which
 * takes longer than to run it: so it is required.
 */
export function loadEsbuild(): typeof import('esbuild') {
  return createRequire(import.meta.url)('esbuild');
}
