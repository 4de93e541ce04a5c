import { posix } from 'node:path';

/** Where a model lies, in texts; and what stands for the directories of a user and of temporary files. */
export const MODEL = '<model>';
export const HOME = '<home>';
export const TEMPORARY = '<tmp>';

/** What the package.json of a folder says. */
export interface PackageNames {
  readonly name: string | undefined;
  /** Nothing else of it can be imported. */
  readonly hasExports: boolean;
  /** Files by the part of the package that they are: `.` or `./sub`, or `#name` for itself. */
  readonly entries: readonly { readonly part: string; readonly file: string }[];
}

/** By the folder of each package.json. */
export type Packages = ReadonlyMap<string, PackageNames>;

interface Files {
  readonly has: (path: string) => boolean;
}

const ENDINGS = ['', '.js', '.mjs', '.cjs', '/index.js', '/index.mjs', '/index.cjs'];

/** The files of an archive by which a script names another; none for what is not in it. */
export function filesOf(name: string, importer: string, files: Files, packages: Packages): string[] {
  const plain = name.replace(/^file:(\/\/)?/, '').replace(/[?#].*$/, (query) => (name.startsWith('#') ? query : ''));
  const folder = posix.dirname(importer);
  if (plain.startsWith(`${MODEL}/`)) return at(posix.normalize(plain.slice(MODEL.length + 1)), files, packages);
  if (/^\.{1,2}(\/|$)/.test(plain)) return at(posix.join(folder, plain), files, packages);
  if (plain === '' || plain.startsWith('/')) return [];
  const folders = ancestors(folder);
  if (plain.startsWith('#')) {
    const home = folders.find((one) => packages.has(one));
    return home === undefined ? [] : entries(home, plain, files, packages);
  }
  const [, root = '', inner = ''] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(plain) ?? [];
  for (const above of folders) {
    const own = packages.get(above)?.name === root ? entries(above, `.${inner}`, files, packages) : [];
    const home = posix.join(above, 'node_modules', root);
    const exported = entries(home, `.${inner}`, files, packages);
    const beside = packages.get(home)?.hasExports === true ? [] : at(home + inner, files, packages);
    const found = [...new Set([...own, ...exported, ...beside])];
    if (found.length > 0) return found;
  }
  return [];
}

function at(path: string, files: Files, packages: Packages): string[] {
  const found = ENDINGS.map((ending) => path + ending).filter((one) => files.has(one));
  return [...new Set([...found, ...entries(path, '.', files, packages)])];
}

/** The files that the package.json of a folder names for a part of the package. */
function entries(folder: string, wanted: string, files: Files, packages: Packages): string[] {
  const named = (packages.get(folder)?.entries ?? []).filter(({ part }) => isPart(part, wanted));
  const found = named.flatMap(({ part, file }) => {
    const inner = part.includes('*') ? file.replace('*', wanted.slice(part.indexOf('*'))) : file;
    return ENDINGS.map((ending) => posix.join(folder, inner) + ending).filter((path) => files.has(path));
  });
  return found.slice(0, 50);
}

function isPart(part: string, wanted: string): boolean {
  const star = part.indexOf('*');
  return star < 0 ? part === wanted : wanted.startsWith(part.slice(0, star));
}

function ancestors(folder: string): string[] {
  const found: string[] = [];
  for (let at = folder; ; at = posix.dirname(at)) {
    found.push(at);
    if (at === '.' || at === '/') return found;
  }
}

/** What a file may depend on in a package.json, as far as Node asks for it; in lists it is the place. */
const CONDITION = /^(?:import|require|node|node-addons|module-sync|default|\d+)$/;

/** What a package.json names that Node may import. */
export function packageOf(text: string): PackageNames {
  const none: PackageNames = { name: undefined, hasExports: false, entries: [] };
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return none;
  }
  if (typeof content !== 'object' || content === null) return none;
  const found: { part: string; file: string }[] = [];
  const collect = (part: string, value: unknown, depth: number): void => {
    if (typeof value === 'string') found.push({ part, file: value });
    else if (typeof value === 'object' && value !== null && depth < 6)
      for (const [key, one] of Object.entries(value))
        if (/^[.#]/.test(key)) collect(key, one, depth + 1);
        else if (CONDITION.test(key)) collect(part, one, depth + 1);
  };
  let name: string | undefined;
  let hasExports = false;
  for (const [key, value] of Object.entries(content)) {
    if (/^(main|module|exports|imports)$/.test(key)) collect('.', value, 0);
    if (key === 'exports') hasExports = true;
    if (key === 'name' && typeof value === 'string') name = value;
  }
  return { name, hasExports, entries: found };
}

/** Whether a text names what lies outside the model's directory; as far as it is known, `\0` stands for the rest. */
export function liesOutside(text: string): boolean {
  const path = text.replace(/^file:\/\//, '');
  if (path.startsWith(HOME)) return true;
  if (path.startsWith(TEMPORARY) || path.startsWith('\0')) return false;
  if (path.startsWith(MODEL)) return /^\.\.(\/|$)/.test(posix.normalize(path.slice(MODEL.length + 1)));
  if (/^\/(dev|proc|tmp|var\/tmp)(\/|$)/.test(path)) return false;
  return /^(\/[^\0]|~\/|[A-Za-z]:[\\/]|\.\.([\\/]|$))/.test(path);
}
