import { register } from 'node:module';

/** Modules that a handler imports and the runner provides, with the file that each one is here. */
export type Provided = Readonly<Record<string, string>>;

/** Makes handlers' imports of the provided modules resolve to the runner's own copies, wherever the archive lies. */
export function provideModules(): void {
  const provided: Provided = {
    'model-archiver/service': import.meta.resolve('#service/index.js'),
    'onnxruntime-node': import.meta.resolve('onnxruntime-node'),
    sharp: import.meta.resolve('sharp'),
  };
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  register(`./resolve-provided.${extension}`, { parentURL: import.meta.url, data: provided });
}
