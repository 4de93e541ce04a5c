import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/**
 * Where a file that a handler brings along lies in the archive, forward slashes: a file of the model directory where it is, one of
 * an npm package below `node_modules/`, wherever the package manager has put it (of two versions each below its own folder), any other below `_/`.
 */
export function archivePlace(file: string, root: string): string {
  const path = relative(root, file).split(sep).join('/');
  const [, store = '', version = ''] = /^(.*\/?\.pnpm)\/([^/]+)\/node_modules\//.exec(path) ?? [];
  const isAlone = version !== '' && !hasOthers(join(root, store), version);
  const packages = version === '' ? path : path.replace(isAlone ? `.pnpm/${version}/node_modules/` : '.pnpm/', '');
  const start = `/${packages}`.indexOf('/node_modules/');
  if (start >= 0) return packages.slice(start);
  return path.replace(/^(\.\.\/)+/, '_/');
}

/** Whether pnpm's folder holds the package of `version` (`name@1.0.0`) in another version too. */
function hasOthers(store: string, version: string): boolean {
  const name = version.slice(0, version.indexOf('@', 1) + 1);
  return readdirSync(store).some((other) => other !== version && other.startsWith(name));
}

/** The npm package that a file belongs to, from its path below node_modules. */
export function packageOf(path: string): string | undefined {
  const parts = path.split(/[\\/]node_modules[\\/]/);
  if (parts.length < 2) return undefined;
  const [scope, name] = (parts.at(-1) ?? '').split(/[\\/]/);
  return scope?.startsWith('@') ? `${scope}/${name}` : scope;
}
