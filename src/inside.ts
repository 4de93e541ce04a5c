import system, { type PlatformPath, posix } from 'node:path';

/**
 * The way from the directory `root` down to `path`, with forward slashes; `''` is the root itself, `undefined` a path that leads
 * out of it. A relative `path` starts at `root`. Names alone count: no link is followed, so a caller that must not be led out by
 * one passes real paths. `paths` is the kind of paths, by default this system's.
 */
export function inside(root: string, path: string, paths: PlatformPath = system): string | undefined {
  const { relative, resolve, isAbsolute, sep } = paths;
  const way = relative(root, resolve(root, path));
  // On Windows the way to another drive is absolute. A name may begin with two dots: only the whole step leads up.
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) return undefined;
  return way.replaceAll(sep, '/');
}

/** No entry of an archive has such a name, so that no path leads out of the archive and into it again. */
const ARCHIVE = '/\0';

/**
 * The entry of an archive that its file `entry` means by `path`, which starts beside that file; `undefined` when it leads out of
 * the archive, as each absolute path does.
 */
export function beside(entry: string, path: string): string | undefined {
  return inside(ARCHIVE, posix.resolve(ARCHIVE, posix.dirname(entry), path), posix);
}
