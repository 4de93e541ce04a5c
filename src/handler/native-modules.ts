import type { Plugin } from 'esbuild';

/** Packages whose only purpose is to load a binary that was built for one machine. */
const LOADERS =
  /^(bindings|node-gyp-build|node-gyp-build-optional-packages|prebuild-install|(@mapbox\/)?node-pre-gyp)$/;

/**
 * Refuses what cannot travel inside one JavaScript module: `.node` binaries, and the packages that load them by a
 * computed path. The message names the package.
 */
export const nativeModules: Plugin = {
  name: 'native-modules',
  setup(build) {
    build.onResolve({ filter: LOADERS }, ({ path, importer }) => refuse(packageOf(importer) ?? path));
    build.onLoad({ filter: /\.node$/ }, ({ path }) => refuse(packageOf(path) ?? path));
  },
};

function refuse(name: string) {
  return {
    errors: [
      {
        text: `'${name}' is a native module: it cannot be bundled into an archive`,
        notes: [{ text: 'Use what the runner provides (onnxruntime-node, sharp) or a package without native code.' }],
      },
    ],
  };
}

/** The npm package that a file belongs to, from its path below node_modules. */
function packageOf(path: string): string | undefined {
  const parts = path.split(/[\\/]node_modules[\\/]/);
  if (parts.length < 2) return undefined;
  const [scope, name] = (parts.at(-1) ?? '').split(/[\\/]/);
  return scope?.startsWith('@') ? `${scope}/${name}` : scope;
}
