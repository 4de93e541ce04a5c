import { MarError } from '#errors/mar-error.js';

/** A handler as people write it: `service.ts`, `service.ts:handle`, `service:handle`, `code/service:Classifier`. */
export interface HandlerReference {
  /** The file part as written, with or without an extension, forward slashes. */
  readonly file: string;
  /** `.ts`, `.py` …; empty when the reference names no known extension. */
  readonly extension: string;
  /** The part after the colon, when there is one. */
  readonly entryPoint?: string;
}

/** Extensions of handlers that are compiled, in the order in which a reference without one looks for them. */
export const SCRIPT_EXTENSIONS: readonly string[] = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/** Splits a handler reference. Throws `ERR_HANDLER_REFERENCE` when a part is empty. */
export function parseHandlerReference(text: string): HandlerReference {
  const colon = text.lastIndexOf(':');
  const isDrive = colon === 1 && /^[A-Za-z]:[\\/]/.test(text);
  const file = (colon < 0 || isDrive ? text : text.slice(0, colon)).replaceAll('\\', '/');
  const entryPoint = colon < 0 || isDrive ? undefined : text.slice(colon + 1);
  if (file === '' || entryPoint === '') {
    throw new MarError(`The handler reference '${text}' is incomplete; expected FILE or FILE:ENTRYPOINT.`, {
      code: 'ERR_HANDLER_REFERENCE',
      ...(file !== '' && { hint: `Write --handler ${file}, or name what is called: --handler ${file}:handle.` }),
    });
  }
  const extension = /\.[A-Za-z]+$/.exec(file)?.[0] ?? '';
  const known = extension === '.py' || SCRIPT_EXTENSIONS.includes(extension);
  return { file, extension: known ? extension : '', ...(entryPoint !== undefined && { entryPoint }) };
}
