import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MarError } from '#errors/mar-error.js';
import { inside } from '#inside.js';

/** A handler reference of the manifest, resolved: `service:handle` → its module file and the export's name. */
export interface HandlerFile {
  readonly path: string;
  readonly entryPoint: string;
}

const EXTENSIONS = ['', '.mjs', '.js', '.cjs'];

/** Splits `service:handle` and finds the module in the extracted archive; `ERR_HANDLER_NOT_FOUND` says what was tried. */
export async function findHandlerFile(modelDir: string, handler: string): Promise<HandlerFile> {
  const colon = handler.lastIndexOf(':');
  const name = colon === -1 ? handler : handler.slice(0, colon);
  const entryPoint = colon === -1 ? 'handle' : handler.slice(colon + 1);
  const base = resolve(modelDir, name);
  if (inside(modelDir, name) === undefined) {
    throw new MarError(`The handler '${handler}' lies outside of the archive.`, { code: 'ERR_HANDLER_NOT_FOUND' });
  }
  const stem = base.replace(/\.(ts|mts|cts)$/, '');
  for (const path of [base, stem].flatMap((start) => EXTENSIONS.map((extension) => start + extension))) {
    if (/\.[cm]?js$/.test(path) && (await exists(path))) return { path, entryPoint };
  }
  throw new MarError(
    `The handler '${handler}' is not in the archive: none of ${EXTENSIONS.slice(1)
      .map((extension) => join(name + extension))
      .join(', ')} exists.`,
    {
      code: 'ERR_HANDLER_NOT_FOUND',
      hint: 'model.handler in the manifest names a module and an export: service:handle.',
    },
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
