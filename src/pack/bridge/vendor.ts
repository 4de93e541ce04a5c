import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { FileEntry } from '#archive/writing/planned-entry.js';
import { MarError } from '#errors/mar-error.js';
import { BRIDGE } from '#manifest/bridge.js';
import { didYouMean } from '#nearest.js';
import { PACKAGE_ROOT } from '#own-files.js';
import { filesOf } from './files-of.js';

const PLATFORMS = ['linux-x64', 'linux-arm64'];

/** A package that goes into the archive, with the files of it that are needed there. */
interface Part {
  readonly name: string;
  /** The package that needs it: it may have a copy of its own. */
  readonly of?: string;
  isWanted(path: string): boolean;
}

const isModule = (path: string): boolean => /^(package\.json|LICENSE[^/]*|.*\/package\.json|.*\.[cm]?js)$/.test(path);
const isBinary = (path: string): boolean => !/\.(md|d\.ts|h)$/i.test(path);

/**
 * The entries of `onnxruntime-node` and `sharp` for these platforms: their JavaScript and the binaries, nothing else. Throws
 * `ERR_BRIDGE` for a platform that is unknown, or whose packages are not installed here.
 */
export async function vendored(platforms: string): Promise<FileEntry[]> {
  const named = vendorPlatforms(platforms);
  const parts = [...common(named), ...named.flatMap(ofPlatform)];
  const entries = await Promise.all(parts.map(entriesOf));
  return entries.flat();
}

/** The platforms of --vendor, each once. Throws `ERR_BRIDGE` for an unknown one. */
export function vendorPlatforms(platforms: string): string[] {
  const named = [...new Set(platforms.split(',').map((platform) => platform.trim()))];
  const unknown = named.find((platform) => !PLATFORMS.includes(platform));
  if (unknown !== undefined) {
    throw new MarError(
      `--vendor names '${unknown}'${didYouMean(unknown, PLATFORMS)}; expected ${PLATFORMS.join(', ')}.`,
      {
        code: 'ERR_BRIDGE',
        hint: 'Say for example --vendor linux-x64: the platform of the server.',
      },
    );
  }
  return named;
}

function common(platforms: readonly string[]): Part[] {
  const folders = platforms.map((platform) => platform.replace('-', '/'));
  const isRuntime = (path: string): boolean =>
    path === 'package.json' ||
    /^dist\/.*\.js$/.test(path) ||
    folders.some((folder) => path.startsWith('bin/') && path.includes(`/${folder}/`));
  return [
    { name: 'onnxruntime-node', isWanted: isRuntime },
    { name: 'onnxruntime-common', of: 'onnxruntime-node', isWanted: (path) => !/esm\//.test(path) && isModule(path) },
    { name: 'sharp', isWanted: (path) => !path.startsWith('install/') && isModule(path) },
    ...['@img/colour', 'detect-libc', 'semver'].map((name) => ({ name, of: 'sharp', isWanted: isModule })),
  ];
}

function ofPlatform(platform: string): Part[] {
  return [`@img/sharp-${platform}`, `@img/sharp-libvips-${platform}`].map((name) => ({
    name,
    of: 'sharp',
    isWanted: isBinary,
  }));
}

async function entriesOf(part: Part): Promise<FileEntry[]> {
  const folder = folderOf(part.name, part.of === undefined ? PACKAGE_ROOT : folderOf(part.of, PACKAGE_ROOT));
  const files = await filesOf(folder, (path) => !/(^|\/)node_modules\//.test(path) && part.isWanted(path));
  return files.map(({ path, source }) => ({ path: `${BRIDGE.folder}/node_modules/${part.name}/${path}`, source }));
}

/** Where a package lies that the package in `from` needs. */
function folderOf(name: string, from: string): string {
  const places = createRequire(join(from, 'package.json')).resolve.paths(name) ?? [];
  const found = places.map((place) => join(place, name)).find((path) => existsSync(join(path, 'package.json')));
  if (found !== undefined) return found;
  const [, system, processor] = /-(linux)-(x64|arm64)$/.exec(name) ?? [];
  const version = wantedVersion(name, from);
  const flags = system === undefined ? '' : ` --os=${system} --cpu=${processor} --force`;
  throw new MarError(`--vendor needs the package ${name}, which is not installed beside model-archiver.`, {
    code: 'ERR_BRIDGE',
    hint: `Install it there: npm install --no-save${flags} ${name}${version && `@${version}`}; or build on that platform.`,
  });
}

function wantedVersion(name: string, from: string): string {
  const { optionalDependencies = {} }: { optionalDependencies?: Record<string, string> } = JSON.parse(
    readFileSync(join(from, 'package.json'), 'utf8'),
  );
  return optionalDependencies[name] ?? '';
}
