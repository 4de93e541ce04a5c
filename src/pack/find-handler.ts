import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { BUILTIN_SERVICES } from '#conventions/builtin-services.js';
import { MarError } from '#errors/mar-error.js';
import { type HandlerReference, SCRIPT_EXTENSIONS } from '#handler/reference.js';
import type { Runtime } from '#manifest/manifest.js';
import { didYouMean } from '#nearest.js';
import { handlerHint } from './handler-hint.js';

/**
 * The file that a handler reference names: in the model directory first, then in the working directory.
 * A reference without extension looks for the runtime's; both a script and a Python file of that name need `--runtime`.
 * Throws `ERR_HANDLER_MISSING` naming every place that was tried.
 */
export function chooseHandler(
  reference: HandlerReference,
  runtime: Runtime | undefined,
  directories: readonly string[],
): string {
  const names = candidates(reference, runtime);
  for (const directory of directories) {
    const found = names.map((name) => resolve(directory, name)).filter(isFile);
    const [first, second] = found;
    if (first === undefined) continue;
    if (second === undefined) return realpathSync(first);
    throw new MarError(`The handler '${reference.file}' is ambiguous: ${found.join(' and ')}.`, {
      code: 'ERR_HANDLER_AMBIGUOUS',
    });
  }
  const other = directories.map((directory) => resolve(directory, reference.file)).find(isFile);
  if (other !== undefined) throw notAHandler(other);
  const python =
    runtime === 'nodejs' && directories.some((directory) => isFile(resolve(directory, `${reference.file}.py`)));
  const [directory = ''] = directories;
  const hint = python
    ? `There is a ${reference.file}.py, which the runtime nodejs excludes: leave --runtime out.`
    : handlerHint(reference, names, directory);
  throw new MarError(
    `There is no handler ${names.length === 1 ? names[0] : `'${reference.file}'`} in ${directories.join(' or ')}${didYouMean(reference.file, BUILTIN_SERVICES)}.`,
    {
      code: 'ERR_HANDLER_MISSING',
      ...(names.length > 1 && { detail: `  Tried ${names.join(', ')}.` }),
      hint,
    },
  );
}

function notAHandler(file: string): MarError {
  return new MarError(`${file} is not a handler: a handler is a TypeScript, JavaScript or Python file.`, {
    code: 'ERR_HANDLER_KIND',
    hint: file.endsWith('.onnx')
      ? 'A model is run by a service: --handler tensor, image_classifier or your own service.ts.'
      : 'Give the file with the code that is called.',
  });
}

function candidates({ file, extension }: HandlerReference, runtime: Runtime | undefined): string[] {
  if (extension !== '') return [file];
  if (runtime === 'LSP') return [`${file}.so`, `${file}.dylib`];
  const scripts = SCRIPT_EXTENSIONS.map((suffix) => file + suffix);
  if (runtime === 'nodejs') return scripts;
  return runtime === undefined ? [...scripts, `${file}.py`] : [`${file}.py`];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
