import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { PROVIDED } from '#conventions/provided-modules.js';
import { ownModule } from '#own-files.js';
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
 * Makes handlers' imports of the provided modules resolve to the runner's own copies, wherever the archive lies. Without threads
 * they are found through links beside it, which the front end has made.
 */
export function provideModules(): void {
  if (!mayStartThreads()) return;
  register(pathToFileURL(ownModule('worker/resolve-provided')), { data: provided() });
}
