/** A module that the runner provides to every handler: never bundled, recorded in the manifest with its version. */
export interface ProvidedModule {
  /** What a handler imports. */
  readonly specifier: string;
  /** The npm package that it is in. */
  readonly package: string;
}

export const PROVIDED: readonly ProvidedModule[] = [
  { specifier: 'model-archiver/service', package: 'model-archiver' },
  { specifier: 'onnxruntime-node', package: 'onnxruntime-node' },
  { specifier: 'sharp', package: 'sharp' },
];

/** What handlers may import without bringing it. */
export const PROVIDED_MODULES: readonly string[] = PROVIDED.map(({ specifier }) => specifier);
