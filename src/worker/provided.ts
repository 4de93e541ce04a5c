import Module, { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { PROVIDED } from '#conventions/provided-modules.js';
import { ownModule } from '#own-files.js';
import * as service from '#service/index.js';
import { mayStartThreads } from './sandbox.js';

/** Modules that a handler imports and the runner provides, with the file that each one is here. */
export type Provided = Readonly<Record<string, string>>;

/** The runner's own copies. */
export function provided(): Provided {
  const own = pathToFileURL(ownModule('service/index')).href;
  return Object.fromEntries(
    PROVIDED.map(({ specifier, package: name }) => [
      specifier,
      name === 'model-archiver' ? own : import.meta.resolve(specifier),
    ]),
  );
}

/**
 * Makes handlers' imports of the provided modules resolve to the runner's own copies, wherever the archive lies, and what they
 * `require` as well. Without threads imports are found through links beside the archive, which the front end has made. Threads and
 * processes that a handler starts find the places in the environment.
 */
export function provideModules(): void {
  process.env['MAR_PROVIDED'] = JSON.stringify(required());
  provideToRequire();
  if (!mayStartThreads()) return;
  register(pathToFileURL(ownModule('worker/resolve-provided')), { data: provided() });
}

/** The runner's own copies for `require`, which may be other files of their packages than `import` takes. */
export function required(): Provided {
  const own = createRequire(import.meta.url);
  return Object.fromEntries(
    PROVIDED.map(({ specifier, package: name }) => [
      specifier,
      name === 'model-archiver' ? ownModule('service/index') : own.resolve(specifier),
    ]),
  );
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
