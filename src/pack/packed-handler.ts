import { MarError } from '#errors/mar-error.js';
import { readReference, resolveReference } from '#handler/resolve.js';
import type { Runtime } from '#manifest/manifest.js';
import type { LeftOut, PackWarning } from './result.js';

/** A handler as the manifest will name it. */
export interface NamedHandler {
  /** `model.handler` of the manifest. */
  readonly reference: string;
  readonly runtime: Runtime;
  /** The entry that was meant; undefined for a service that the archive only names. */
  readonly path?: string;
}

/**
 * Throws `ERR_HANDLER_NOT_PACKED` unless a worker finds, by the reference of the manifest, the file that was meant among these
 * `entries`; `leftOut` tells why it may not be one of them. A handler that only our own worker finds is a warning.
 */
export function checkPackedHandler(
  { reference, runtime, path }: NamedHandler,
  entries: ReadonlySet<string>,
  leftOut: readonly LeftOut[],
): PackWarning[] {
  if (path === undefined) return [];
  if (!entries.has(path)) {
    const rule = leftOut.find((out) => out.path === path || (out.path.endsWith('/') && path.startsWith(out.path)));
    throw notPacked(
      `The handler ${path} is left out of the archive${rule ? ` (${rule.reason})` : ''}, so no server could load it.`,
      'Take it out of .marignore or --exclude, or name another handler.',
    );
  }
  // A library is loaded by TorchServe's own program, by rules of its own.
  if (runtime === 'LSP') return [];
  const { candidates, onServers, module } = readReference(reference, runtime);
  const found = resolveReference({ candidates }, (candidate) => entries.has(candidate));
  if (found === path) {
    if (onServers.includes(path)) return [];
    const message = `The servers search the folder of a handler only where a function is named: for them, say --handler ${path}:handle.`;
    return [{ code: 'handler-folder', message }];
  }
  if (found === undefined) {
    const asFolders = module.includes('.') ? ' Python takes the dots of a name for folders.' : '';
    throw notPacked(
      `The servers would not find the handler ${path}: '${reference}' means ${candidates.join(' or ') || 'no file'} in the archive.${asFolders}`,
      `Rename the file, for example to ${plainName(path)}.`,
    );
  }
  const folderFirst = runtime !== 'nodejs' && path.includes('/') && !reference.includes(':');
  throw notPacked(
    `The handler '${reference}' is ${path} here, but from the archive the servers would load ${found}.`,
    folderFirst
      ? `Name the function, which makes them search the folder first: --handler ${path}:handle.`
      : `Rename ${path} or ${found}, or leave out the one that is not meant.`,
  );
}

/** The file with a name that Python can import: `my.service.py` → `my_service.py`. */
function plainName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const extension = /\.[^.]*$/.exec(name)?.[0] ?? '';
  return path.slice(0, -name.length) + name.slice(0, name.length - extension.length).replaceAll('.', '_') + extension;
}

function notPacked(message: string, hint: string): MarError {
  return new MarError(message, { code: 'ERR_HANDLER_NOT_PACKED', hint });
}
