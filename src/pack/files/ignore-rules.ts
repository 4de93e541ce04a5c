import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { unreadableFile } from '#archive/writing/source-file.js';
import { VERIFICATION_ENTRY } from '#conventions/verification.js';
import { systemCode } from '#errors/mar-error.js';

/** A pattern of the author's asks for the path: it is packed whatever it holds. */
export const WANTED = Symbol('wanted');

/** Why a path is left out, or undefined when nothing is said against it. Directories end in a slash. */
export type IgnoreRules = (path: string) => string | typeof WANTED | undefined;

/** Left out of every archive by the last part of its path (a directory's ends in a slash), and the reason that is told. */
const BY_NAME: readonly (readonly [reason: string, name: RegExp])[] = [
  ['archive', /\.[mM][aA][rR]\/?$/],
  ['manifest of another build', /^MANIFEST\.json\/?$/],
  ['system file', /\.DS_Store\/?$|^__MACOSX\/$|^Thumbs\.db\/?$|^desktop\.ini\/?$/],
  ['cache', /\.py[co]\/?$|^__pycache__\/$|^\.(cache|ipynb_checkpoints|pytest_cache|mypy_cache)\/$/],
  ['installed packages', /^node_modules\/$/],
  ['version control', /^\.(git|svn|hg|gitignore|gitattributes)\/?$|^CVS\/$|^_darcs\/$/],
  // Not hidden away but looked at: a file of environment secrets must stop the build, not vanish from it.
  ['hidden', /^\.(?!env\/?$|env\.(?!(example|sample|template)\/?$))/],
];

/** Any of them: most names are none. */
const ANY = new RegExp(BY_NAME.map(([, name]) => name.source).join('|'));
const CONFIGURATION = /^mar\.config\.(ts|mjs|json)$/;

/**
 * The rules for one model directory: ours, then its `.marignore` and the patterns of `--exclude`, both in the grammar of
 * .gitignore. Later rules win, and `!pattern` brings a path back; `!node_modules/NAME/` that package alone.
 */
export function ignoreRules(directory: string, exclude: readonly string[]): IgnoreRules {
  const own = [
    ...readPatterns(directory).map((pattern) => ({ pattern, mark: '.marignore' })),
    ...exclude.map((pattern) => ({ pattern, mark: '--exclude' })),
  ];
  if (own.length === 0) return byName;
  const ignore: typeof import('ignore') = createRequire(import.meta.url)('ignore');
  const rules = ignore({ ignorecase: false }).add(own);
  const packages = own.flatMap(({ pattern }) => PACKAGE.exec(pattern.trim())?.[1] ?? []);
  return (path) => {
    const found = rules.checkIgnore(path);
    if (found.ignored) return found.rule?.mark ?? 'left out';
    if (found.unignored) return WANTED;
    return packages.length > 0 && path.startsWith('node_modules/') ? inPackages(path, packages) : byName(path);
  };
}

/** A package that a pattern brings back by name. */
const PACKAGE = /^!\/?node_modules\/((?:@[^/*?[]+\/)?[^/*?[]+)\/?$/;

/** Only these packages, and what lies in them; the way to them is open. */
function inPackages(path: string, packages: readonly string[]): string | typeof WANTED | undefined {
  const folders = packages.map((name) => `node_modules/${name}/`);
  if (folders.some((folder) => path.startsWith(folder))) return WANTED;
  return folders.some((folder) => path.endsWith('/') && folder.startsWith(path)) ? undefined : 'installed packages';
}

function byName(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/', path.length - 2) + 1);
  if (CONFIGURATION.test(path)) return 'archiver configuration';
  if (path === VERIFICATION_ENTRY) return 'verification of another build';
  if (!ANY.test(name)) return undefined;
  return BY_NAME.find(([, pattern]) => pattern.test(name))?.[0];
}

function readPatterns(directory: string): string[] {
  try {
    return readFileSync(join(directory, '.marignore'), 'utf8').split(/\r?\n/);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw unreadableFile('.marignore', error);
  }
}
