import { relative, sep } from 'node:path';

/**
 * Where a file that a handler brings along lies in the archive, forward slashes: a file of the model directory where it is, one of
 * an npm package below `node_modules/`, wherever the package manager has put it, any other below `_/`.
 */
export function archivePlace(file: string, root: string): string {
  const path = relative(root, file).split(sep).join('/');
  const packages = path.lastIndexOf('.pnpm/') >= 0 ? path.replace(/\.pnpm\/[^/]+\/node_modules\//, '') : path;
  const start = `/${packages}`.indexOf('/node_modules/');
  if (start >= 0) return packages.slice(start);
  return path.replace(/^(\.\.\/)+/, '_/');
}

/** The npm package that a file belongs to, from its path below node_modules. */
export function packageOf(path: string): string | undefined {
  const parts = path.split(/[\\/]node_modules[\\/]/);
  if (parts.length < 2) return undefined;
  const [scope, name] = (parts.at(-1) ?? '').split(/[\\/]/);
  return scope?.startsWith('@') ? `${scope}/${name}` : scope;
}
