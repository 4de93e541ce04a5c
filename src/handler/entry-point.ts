import { MarError } from '#errors/mar-error.js';
import { didYouMean } from '#nearest.js';

/**
 * The export that a handler is called through. A name in the reference must exist; without one it is `handle`,
 * then `default`, then the only export. Throws `ERR_ENTRY_POINT_MISSING` naming what was found.
 */
export function chooseEntryPoint(exports: readonly string[], wanted: string | undefined, file: string): string {
  if (wanted !== undefined) {
    if (exports.includes(wanted)) return wanted;
    throw missing(`${file} has no '${wanted}' to call${didYouMean(wanted, exports)}.`, exports);
  }
  for (const usual of ['handle', 'default']) if (exports.includes(usual)) return usual;
  const [only, ...others] = exports;
  if (only !== undefined && others.length === 0) return only;
  throw missing(
    `${file} has neither 'handle' nor a default export, and nothing says which one is the service.`,
    exports,
  );
}

function missing(message: string, exports: readonly string[]): MarError {
  return new MarError(message, {
    code: 'ERR_ENTRY_POINT_MISSING',
    detail: exports.length === 0 ? '  It offers nothing.' : `  It offers ${[...exports].sort().join(', ')}.`,
    hint: 'Name the export after a colon, for example --handler service.ts:handle.',
  });
}
