import { createRequire, isBuiltin } from 'node:module';

/** Data of a package by its name, as `name/package.json`, an absolute path; undefined for a module, which the bundler follows, and for what is not there. */
export function packageFile(name: string, from: string): string | undefined {
  if (isBuiltin(name)) return undefined;
  try {
    const path = createRequire(from).resolve(name);
    return /\.[cm]?[jt]sx?$/.test(path) ? undefined : path;
  } catch {
    return undefined;
  }
}
