import { statSync } from 'node:fs';
import { join } from 'node:path';
import { MarError } from '#errors/mar-error.js';
import { readReference, resolveReference } from '#handler/resolve.js';

/** A handler reference of the manifest, resolved: `service:handle` → its module file and the export's name. */
export interface HandlerFile {
  readonly path: string;
  readonly entryPoint: string;
}

/** Finds the module of `service:handle` in the extracted archive; `ERR_HANDLER_NOT_FOUND` says what was tried. */
export function findHandlerFile(modelDir: string, handler: string): HandlerFile {
  const reference = readReference(handler, 'nodejs');
  const { candidates, entryPoint } = reference;
  const path = resolveReference(reference, (candidate) => isFile(join(modelDir, candidate)));
  if (path !== undefined) return { path: join(modelDir, path), entryPoint };
  if (candidates.length === 0) {
    throw new MarError(`The handler '${handler}' lies outside of the archive.`, { code: 'ERR_HANDLER_NOT_FOUND' });
  }
  throw new MarError(`The handler '${handler}' is not in the archive: none of ${candidates.join(', ')} exists.`, {
    code: 'ERR_HANDLER_NOT_FOUND',
    hint: 'model.handler in the manifest names a module and an export: service:handle.',
  });
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
