import { readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { BUILTIN_SERVICES, TORCHSERVE_HANDLERS } from '#conventions/builtin-services.js';
import { MarError } from '#errors/mar-error.js';
import { parseHandlerReference } from '#handler/reference.js';
import { inside } from '#inside.js';
import { chooseHandler } from './find-handler.js';
import type { PackOptions } from './options.js';

/** What a ready-made service may run. */
const MODEL = /\.(onnx|pt|pth)$/i;

/**
 * The model directory of a build that names none: where the handler lies, or, for a ready-made service and for none at all, the
 * working directory when a model lies in it. Real path. Throws `ERR_MODEL_PATH_REQUIRED` where there is nothing to go by, and
 * for a root directory, a home directory and what holds one: nobody means to pack those.
 */
export function handlerDirectory(options: PackOptions): string {
  const cwd = options.cwd ?? process.cwd();
  const { handler, runtime } = options;
  if (handler === undefined || BUILTIN_SERVICES.includes(handler) || TORCHSERVE_HANDLERS.includes(handler)) {
    refuseHome(realpathSync(cwd), 'this is');
    if (readdirSync(cwd).some((name) => MODEL.test(name))) return realpathSync(cwd);
    throw missing(
      handler === undefined ? '' : `, and the service ${handler} lies in no directory`,
      'Give the directory that holds the model, or run this in it: without --model-path it is the directory of the handler.',
    );
  }
  const reference = parseHandlerReference(handler);
  try {
    chooseHandler(reference, runtime, { modelDirectory: cwd, cwd });
  } catch (error) {
    throw error instanceof MarError && error.code === 'ERR_HANDLER_MISSING' ? neither(error) : error;
  }
  const directory = realpathSync(dirname(resolve(cwd, reference.file)));
  refuseHome(directory, 'the handler lies in');
  return directory;
}

function refuseHome(directory: string, how: string): void {
  const home = resolveHome();
  const isRoot = dirname(directory) === directory;
  if (!isRoot && (home === undefined || inside(directory, home) === undefined)) return;
  throw missing(
    `, and ${how} ${directory}, which is ${isRoot ? 'a root directory' : 'your home directory or holds it'}`,
    'Put the model and its handler into a directory of their own, or say --model-path if all of it is meant.',
  );
}

function resolveHome(): string | undefined {
  try {
    return realpathSync(homedir());
  } catch {
    return undefined;
  }
}

function missing(why: string, hint: string): MarError {
  return new MarError(`--model-path is missing${why}.`, { code: 'ERR_MODEL_PATH_REQUIRED', hint });
}

/** Neither a model path nor a handler here that would say it. */
function neither({ message, detail, hint }: MarError): MarError {
  return new MarError(`--model-path is missing, and ${message[0]?.toLowerCase()}${message.slice(1)}`, {
    code: 'ERR_MODEL_PATH_REQUIRED',
    ...(detail !== undefined && { detail }),
    hint: hint ?? 'Give the directory that holds the model and its handler, or run this in it.',
  });
}
