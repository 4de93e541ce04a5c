import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { BUILTIN_SERVICES } from '#conventions/builtin-services.js';
import { MarError } from '#errors/mar-error.js';
import { type HandlerReference, SCRIPT_EXTENSIONS } from '#handler/reference.js';
import { readReference } from '#handler/resolve.js';
import { beside } from '#inside.js';
import type { Runtime } from '#manifest/manifest.js';
import { didYouMean } from '#nearest.js';
import { handlerHint } from './handler-hint.js';

/** Where a handler is looked for; the working directory last. */
export interface HandlerPlaces {
  /** Absolute; undefined when the files are named one by one. */
  readonly modelDirectory: string | undefined;
  readonly cwd: string;
}

/**
 * The file that a handler reference names: absolute, by the name that was given, which may be a link. In the model directory, packages
 * and modules such as `package.module` are found as the servers import them. A reference without extension looks for the runtime's;
 * both a script and a Python file of that name need `--runtime`. Throws `ERR_HANDLER_MISSING` naming every place that was tried.
 */
export function chooseHandler(
  reference: HandlerReference,
  runtime: Runtime | undefined,
  { modelDirectory, cwd }: HandlerPlaces,
): string {
  const directories = [...new Set([modelDirectory ?? cwd, cwd])];
  for (const directory of directories) {
    const { scripts, others } = candidates(reference, runtime, directory === modelDirectory);
    const isThere = (name: string): boolean => isFile(resolve(directory, name));
    const found = [...scripts.filter(isThere), ...others.filter(isThere).slice(0, 1)];
    const [first, second] = found.map((name) => resolve(directory, name));
    if (first === undefined) continue;
    if (second === undefined) return first;
    throw new MarError(`The handler '${reference.file}' is ambiguous: ${first} and ${second}.`, {
      code: 'ERR_HANDLER_AMBIGUOUS',
    });
  }
  const { scripts, others } = candidates(reference, runtime, modelDirectory !== undefined);
  const names = [...scripts, ...others];
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

interface Candidates {
  readonly scripts: readonly string[];
  /** Python files or libraries, of which the first that is there counts. */
  readonly others: readonly string[];
}

function candidates(reference: HandlerReference, runtime: Runtime | undefined, asImported: boolean): Candidates {
  const { file, extension } = reference;
  const named = extension === '' ? [] : [file];
  if (runtime === 'LSP') return { scripts: [], others: extension === '' ? [`${file}.so`, `${file}.dylib`] : named };
  if (SCRIPT_EXTENSIONS.includes(extension)) return { scripts: named, others: [] };
  const mayBeScript = extension === '' && (runtime === undefined || runtime === 'nodejs');
  const scripts = mayBeScript ? SCRIPT_EXTENSIONS.map((suffix) => file + suffix) : [];
  if (runtime === 'nodejs') return { scripts, others: named };
  const written = extension === '' ? [`${file}.py`] : [];
  return { scripts, others: [...new Set([...named, ...(asImported ? modules(file) : []), ...written])] };
}

/** Where the servers look for a Python file in its folder; they search the top of the archive, too, which nobody means by another folder. */
function modules(file: string): string[] {
  const folder = beside(file, '.');
  const { candidates } = readReference(`${file}:handle`, 'python');
  return candidates.filter((path) => path.startsWith(folder ? `${folder}/` : ''));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
