import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { BUILTIN_SERVICES, TORCHSERVE_HANDLERS } from '#conventions/builtin-services.js';
import { MarError } from '#errors/mar-error.js';
import type { PythonModule } from '#handler/python/python-module.js';
import { type HandlerReference, parseHandlerReference, SCRIPT_EXTENSIONS } from '#handler/reference.js';
import { readReference, resolveReference } from '#handler/resolve.js';
import { inside } from '#inside.js';
import type { Runtime } from '#manifest/manifest.js';
import { chooseHandler } from './find-handler.js';
import { compileScript, fileEntry } from './handler/compile-script.js';
import type { PreparedHandler } from './handler/prepared-handler.js';
import type { PackOptions } from './options.js';
import type { PackWarning } from './result.js';

const NO_ENTRIES = { entries: [], bundled: [] } as const;

/** Finds the handler, compiles it when it is a script, checks its entry point and starts the check of its types. */
export async function prepareHandler(
  options: PackOptions,
  modelDirectory: string | undefined,
  paths: readonly string[],
): Promise<PreparedHandler> {
  const text = options.handler ?? defaultHandler(paths);
  const builtin = builtinHandler(text, options, paths);
  if (builtin) {
    const warnings =
      options.handler === undefined
        ? unusedHandlers(paths)
        : [...withoutModel(text, builtin, paths), ...ofTorchServe(text, builtin, options, paths)];
    return { reference: text, runtime: builtin, ...NO_ENTRIES, warnings };
  }
  const reference = parseHandlerReference(text);
  const named = chooseHandler(reference, options.runtime, { modelDirectory, cwd: options.cwd ?? process.cwd() });
  const file = realpathSync(named);
  const root = modelDirectory ?? dirname(file);
  if (SCRIPT_EXTENSIONS.includes(extname(file))) return compileScript(file, root, reference.entryPoint, options, paths);
  const warnings = extname(file) === '.py' ? await checkPython(file, reference.entryPoint) : [];
  const packed = modelDirectory && (inside(modelDirectory, named) ?? inside(modelDirectory, file));
  const path = packed ?? basename(named);
  return {
    ...NO_ENTRIES,
    reference: packed === undefined ? basename(text) : asPacked(text, reference, packed, paths),
    runtime: options.runtime ?? 'python',
    path,
    warnings,
    entries: packed === undefined ? [fileEntry(path, file)] : [],
  };
}

/** Endings of weights. */
const WEIGHTS = /\.(onnx|pt2?|pth|bin|ckpt|h5|joblib|pickle|pkl|pte|safetensors|so|tar|torchscript|zip)$/i;
const CODE = /(?<!\.d)\.([cm]?[jt]s|py)$/;

/** Without a handler, a directory with exactly one ONNX file gets the built-in `tensor` service. */
function defaultHandler(paths: readonly string[]): string {
  const models = paths.filter((path) => path.endsWith('.onnx'));
  if (models.length === 1) return 'tensor';
  throw new MarError('--handler is missing.', {
    code: 'ERR_HANDLER_REQUIRED',
    hint:
      models.length === 0
        ? `For example: --handler ${paths.find((path) => CODE.test(path)) ?? 'service.ts'}. A directory with exactly one ONNX file needs none.`
        : `The directory holds ${models.length} ONNX files: say which service runs them.`,
  });
}

/** TorchServe packs its own services without a model, too, and fails when it loads them. */
function withoutModel(name: string, runtime: Runtime, paths: readonly string[]): PackWarning[] {
  if (runtime === 'nodejs' || paths.some((path) => WEIGHTS.test(path))) return [];
  const message = `The service ${name} of TorchServe runs a model, and no file here looks like one: put it into the model directory, or name it with --serialized-file.`;
  return [{ code: 'model-missing', message }];
}

/** In TorchServe's form a name that both have means TorchServe's handler; who has an ONNX model may have meant ours. */
function ofTorchServe(name: string, runtime: Runtime, options: PackOptions, paths: readonly string[]): PackWarning[] {
  const model = paths.find((path) => path.endsWith('.onnx'));
  if (runtime === 'nodejs' || model === undefined || options.runtime !== undefined) return [];
  if (!BUILTIN_SERVICES.includes(name)) return [];
  const message = `${name} is TorchServe's Python handler here, as with torch-model-archiver: --runtime nodejs takes the built-in service of that name, which runs ${model} without Python.`;
  return [{ code: 'handler-of-torchserve', message }];
}

/** Files that look like the handler that was forgotten. */
function unusedHandlers(paths: readonly string[]): PackWarning[] {
  return paths
    .filter((path) => /^(service|handler|model_service)\.(py|[cm]?[jt]s)$/.test(path))
    .map((path) => ({
      code: 'handler-unused',
      message: `${path} is packed but not used: the built-in service tensor runs the model. Name it with --handler ${path}.`,
    }));
}

/**
 * The runtime of a built-in service, or undefined when the name is none. ONNX runs here, everything else on TorchServe, and so does in
 * TorchServe's form, without a model directory, every name that it has.
 */
function builtinHandler(
  name: string,
  { runtime, modelPath }: PackOptions,
  paths: readonly string[],
): Runtime | undefined {
  const hasOnnx = paths.some((path) => path.endsWith('.onnx'));
  const ours = BUILTIN_SERVICES.includes(name);
  const meansOurs = !TORCHSERVE_HANDLERS.includes(name) || (hasOnnx && modelPath !== undefined);
  if (ours && (runtime === 'nodejs' || (runtime === undefined && meansOurs))) {
    if (hasOnnx) return 'nodejs';
    throw new MarError(`The built-in service '${name}' needs an ONNX model, and there is none to pack.`, {
      code: 'ERR_MODEL_MISSING',
    });
  }
  if (runtime === 'LSP') return name === 'BaseHandler' || name === 'TorchScriptHandler' ? 'LSP' : undefined;
  const python = runtime === undefined || runtime === 'python' || runtime === 'python3';
  return python && TORCHSERVE_HANDLERS.includes(name) ? (runtime ?? 'python') : undefined;
}

/**
 * A Python entry point must be bound in its module, as far as that can be seen without running it. A syntax error is a
 * warning only: Python itself has the last word.
 */
async function checkPython(file: string, entryPoint: string | undefined): Promise<PackWarning[]> {
  const { analysePython } = await import('#handler/python/analyse-python.js');
  const { module, invalid } = analysePython(await readFile(file, 'utf8'));
  if (invalid) {
    const place = `${basename(file)}:${invalid.line}:${invalid.column}`;
    return [{ code: 'python-syntax', message: `${place}: ${invalid.message}` }];
  }
  if (entryPoint === undefined || module.starImport || module.names.has('__getattr__')) return [];
  const service = onlyService(module);
  const defined = callable(module, entryPoint);
  const isClass = module.classes.some(({ name }) => name === entryPoint);
  if (isClass && !module.functions.some(({ name }) => name === entryPoint)) throw classNamed(file, entryPoint, service);
  if (service === undefined || defined.includes(entryPoint)) {
    const { chooseEntryPoint } = await import('#handler/entry-point.js');
    chooseEntryPoint(defined, entryPoint, basename(file));
    return [];
  }
  if (entryPoint === 'handle') return [];
  const message = `${basename(file)} has no '${entryPoint}': the servers take its only class ${service} instead, as they do for ${basename(file)}:handle.`;
  return [{ code: 'entry-point-class', message }];
}

/** The class that the servers take where a reference names no function of the module: the only one, if it may have `handle`. */
function onlyService({ classes }: PythonModule): string | undefined {
  const [only, ...others] = classes;
  if (only === undefined || others.length > 0) return undefined;
  const inherits = only.bases.some((base) => base !== 'object');
  return inherits || only.methods.some(({ name }) => name === 'handle') ? only.name : undefined;
}

/** Every server calls what is named as a function: a class would be made anew with (data, context). */
function classNamed(file: string, name: string, service: string | undefined): MarError {
  const path = basename(file);
  return new MarError(`${name} in ${path} is a class, and every server calls what a handler names as a function.`, {
    code: 'ERR_ENTRY_POINT_MISSING',
    hint:
      service === undefined
        ? `Write a function in ${path} that calls it, or keep one class with a method handle there and say ${path}:handle.`
        : `Say --handler ${path}:handle: where the module has no such function, its only class is taken.`,
  });
}

/** The functions of a module, and the wanted name where anything else is bound to it. */
function callable({ functions, names }: PythonModule, wanted: string): string[] {
  const defined = functions.map(({ name }) => name);
  return names.has(wanted) && !defined.includes(wanted) ? [...defined, wanted] : defined;
}

/** The reference as the archive knows it: one that does not name the entry from the top of the archive is written anew. */
function asPacked(
  text: string,
  { file, extension, entryPoint }: HandlerReference,
  packed: string,
  paths: readonly string[],
): string {
  const suffix = extension === '' ? extname(packed) : '';
  if (file + suffix === packed || paths.includes(file + suffix)) return text;
  // As a module of a package it means the same file everywhere.
  const importable = file.includes('/') ? [] : readReference(text, 'python').candidates;
  if (resolveReference({ candidates: importable }, (path) => paths.includes(path)) === packed) return text;
  const name = suffix === '' ? packed : packed.replace(/(?<=.)(\/__init__)?\.\w+$/, '');
  return entryPoint === undefined ? name : `${name}:${entryPoint}`;
}
