import Module, { createRequire, register } from 'node:module';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROVIDED } from '#conventions/provided-modules.js';
import { systemCode } from '#errors/mar-error.js';
import { ownModule } from '#own-files.js';
import * as service from '#service/index.js';

/** Modules that a handler imports and the runner provides, with the file that each one is here. */
export type Provided = Readonly<Record<string, string>>;

/** Whether it is done; once is enough. */
let isDone = false;

/** The runner's own copies; without those that are nowhere, which a worker behind the bridge may lack. */
function provided(): Provided {
  const own = pathToFileURL(ownModule('service/index')).href;
  return places(
    own,
    (specifier) => import.meta.resolve(specifier),
    (path) => pathToFileURL(path).href,
  );
}

/**
 * Makes handlers' imports of the provided modules resolve to the runner's own copies, wherever the archive lies, and what they
 * `require` as well. Threads and processes that a handler starts find the places in the environment.
 */
export function provideModules(): void {
  if (isDone) return;
  isDone = true;
  process.env['MAR_PROVIDED'] = JSON.stringify(required());
  provideToRequire();
  register(pathToFileURL(ownModule('worker/resolve-provided')), { data: provided() });
}

/** The runner's own copies for `require`, which may be other files of their packages than `import` takes. */
function required(): Provided {
  const own = createRequire(import.meta.url);
  return places(
    ownModule('service/index'),
    (specifier) => own.resolve(specifier),
    (path) => path,
  );
}

function places(service: string, resolve: (specifier: string) => string, asPlace: (path: string) => string): Provided {
  const found: Record<string, string> = {};
  for (const { specifier, package: name } of PROVIDED) {
    const place =
      name === 'model-archiver' ? service : (resolved(specifier, resolve) ?? elsewhere(specifier).map(asPlace)[0]);
    if (place !== undefined) found[specifier] = place;
  }
  return found;
}

/** What MAR_NODE_PATH, which the bridge sets, has of a module: each of its directories holds packages. */
function elsewhere(specifier: string): string[] {
  return moduleDirectories().flatMap((directory) => {
    const found = resolved(join(directory, specifier), createRequire(import.meta.url).resolve);
    return found === undefined ? [] : [found];
  });
}

/** Directories of packages besides those that Node searches. */
export function moduleDirectories(): string[] {
  return (process.env['MAR_NODE_PATH'] ?? '').split(delimiter).filter(Boolean);
}

function resolved(specifier: string, resolve: (specifier: string) => string): string | undefined {
  try {
    return resolve(specifier);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** `require` has no hooks before Node 22.15, and no way to an ES module before 20.19: the function behind it is replaced. */
function provideToRequire(): void {
  const load: unknown = Reflect.get(Module, '_load');
  if (typeof load !== 'function') return;
  const files = new Map(Object.entries(required()));
  Reflect.set(Module, '_load', function (this: unknown, request: string, ...rest: unknown[]): unknown {
    if (request === 'model-archiver/service') return service;
    return Reflect.apply(load, this, [files.get(request) ?? request, ...rest]);
  });
}
