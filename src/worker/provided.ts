import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { ownModule } from '#own-files.js';

/** Modules that a handler imports and the runner provides, with the file that each one is here. */
export type Provided = Readonly<Record<string, string>>;

/** Makes handlers' imports of the provided modules resolve to the runner's own copies, wherever the archive lies. */
export function provideModules(): void {
  const provided: Provided = {
    'model-archiver/service': pathToFileURL(ownModule('service/index')).href,
    'onnxruntime-node': import.meta.resolve('onnxruntime-node'),
    sharp: import.meta.resolve('sharp'),
  };
  register(pathToFileURL(ownModule('worker/resolve-provided')), { data: provided });
}
