import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PartialMessage, Plugin } from 'esbuild';
import { archivePlace, packageOf } from './archive-place.js';
import { placeOf } from './place.js';

/** Packages that load a binary by a path which only they can compute. */
const LOADERS = /^(node-gyp-build-optional-packages|prebuild-install|(@mapbox\/)?node-pre-gyp)$/;
/** Binaries, and the libraries that lie beside them. */
const BINARY = /\.(node|dll|dylib|so(\.[\d.]+)?)$/;

/**
 * `.node` binaries are packed as files and loaded from there, those too that `bindings` and `node-gyp-build` look for. What finds its
 * binary in another way is refused, with the name of the package and what to do. `data` takes the files; `output` is the bundle's
 * path in the archive.
 */
export function nativeModules(root: string, output: string, data: Set<string>): Plugin {
  const load = (file: string) => `module.exports = require(__placeFile(${placeOf(archivePlace(file, root), output)}));`;
  return {
    name: 'native-modules',
    setup(build) {
      build.onResolve({ filter: LOADERS }, ({ path, importer }) => refuse(packageOf(importer) ?? path, importer));
      build.onResolve({ filter: /^node-gyp-build$/ }, ({ path, importer, namespace }) => {
        if (namespace !== 'file') return undefined;
        const found = binariesBelow(packageFolder(importer));
        for (const file of found) data.add(file);
        return found.length > 0 ? undefined : refuse(packageOf(importer) ?? path, importer);
      });
      build.onResolve({ filter: /^bindings$/ }, ({ path, importer }) => {
        const found = binariesBelow(packageFolder(importer));
        for (const file of found) data.add(file);
        if (found.some((file) => file.endsWith('.node'))) return { path: importer, namespace: 'bindings' };
        return refuse(packageOf(importer) ?? path, importer);
      });
      build.onLoad({ filter: /./, namespace: 'bindings' }, ({ path }) => {
        const found = binariesBelow(packageFolder(path)).filter((file) => file.endsWith('.node'));
        const places = found.map((file) => `__placeFile(${placeOf(archivePlace(file, root), output)})`);
        return { contents: bindings(places), loader: 'js' };
      });
      build.onLoad({ filter: /\.node$/ }, ({ path }) => {
        for (const file of binariesBelow(dirname(path), false)) data.add(file);
        data.add(path);
        return { contents: load(path), loader: 'js' };
      });
    },
  };
}

/** The binary of the name that is asked for, the one built for release first. */
function bindings(places: readonly string[]): string {
  return `const places = [${places.join(', ')}];
module.exports = (asked) => {
  const name = (typeof asked === 'string' ? asked : asked.bindings).replace(/(\\.node)?$/, '.node');
  const found = places.filter((place) => place.replaceAll('\\\\', '/').endsWith('/' + name));
  const place = found.find((place) => place.includes('Release')) ?? found[0];
  if (place === undefined) throw new Error('The archive has no binary ' + name + ' for ' + process.platform + '-' + process.arch + '.');
  return require(place);
};`;
}

/** The package's own folder, or that of the file where it is in none. */
function packageFolder(file: string): string {
  const name = packageOf(file);
  if (name === undefined) return dirname(file);
  const start = file.replaceAll('\\', '/').lastIndexOf('/node_modules/') + '/node_modules/'.length;
  return file.slice(0, start + name.length);
}

function binariesBelow(folder: string, isDeep = true): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return isDeep && !/^(node_modules|obj\.target|\.deps)$/.test(entry.name) ? binariesBelow(path) : [];
    return entry.isFile() && BINARY.test(entry.name) ? [path] : [];
  });
}

function refuse(name: string, file: string): { errors: PartialMessage[] } {
  const place = file.replaceAll('\\', '/').replace(/^.*\/node_modules\//, '');
  const text = `'${name}' is a native module that finds its binary in a way of its own (${place}): it cannot be bundled into an archive`;
  return { errors: [{ text, notes: [{ text: remedy(name, file) }] }] };
}

function remedy(name: string, file: string): string {
  const lines = withDependencies(name, file).map((needed) => `!node_modules/${needed}/`);
  return `Use what the runner provides (onnxruntime-node, sharp) or a package without native code; or pack it as it is installed, for machines like this one, by these lines in .marignore: ${[...new Set(lines)].join(' ')}`;
}

/** The package and everything that it depends on, as far as it is installed. */
function withDependencies(name: string, from: string, known = new Set<string>()): string[] {
  if (known.has(name)) return [];
  known.add(name);
  for (const place of createRequire(from).resolve.paths(name) ?? []) {
    const file = join(place, name, 'package.json');
    const description = readDescription(file);
    if (description === undefined) continue;
    const { dependencies = {}, optionalDependencies = {} } = description;
    const needed = Object.keys({ ...dependencies, ...optionalDependencies });
    return [name, ...needed.flatMap((other) => withDependencies(other, file, known))];
  }
  return [];
}

/** What a package.json says about dependencies. */
export interface PackageDescription {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The dependencies that a package.json names; undefined where there is none. */
export function readDescription(file: string): PackageDescription | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
