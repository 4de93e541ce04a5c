import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ignore from 'ignore';

/** What is left out of every archive, with the reason that is told. Later rules win; .marignore and --exclude come after. */
const DEFAULT_RULES: readonly (readonly [reason: string, ...patterns: string[]])[] = [
  ['hidden', '.*'],
  ['version control', '.git', '.svn', '.hg', '.gitignore', '.gitattributes', 'CVS/', '_darcs/'],
  ['installed packages', 'node_modules/'],
  ['cache', '__pycache__/', '*.py[co]', '.cache/', '.ipynb_checkpoints/', '.pytest_cache/', '.mypy_cache/'],
  ['system file', '.DS_Store', '*.DS_Store', '__MACOSX/', 'Thumbs.db', 'desktop.ini'],
  ['archive', '*.[mM][aA][rR]'],
  ['manifest of another build', 'MANIFEST.json'],
  ['archiver configuration', '/mar.config.ts', '/mar.config.mjs', '/mar.config.json'],
];

/** Not hidden away but looked at: a file of environment secrets must stop the build, not vanish from it. */
const LOOKED_AT = ['!.env', '!.env.*', '.env.example', '.env.sample', '.env.template'];

/** Why a path is left out, or undefined when it is packed. Directories end in a slash. */
export type IgnoreRules = (path: string) => string | undefined;

/** The rules for one model directory: ours, then its `.marignore` (gitignore grammar), then the patterns of `--exclude`. */
export function ignoreRules(directory: string, exclude: readonly string[]): IgnoreRules {
  const rules = ignore({ ignorecase: false });
  for (const [mark, ...patterns] of DEFAULT_RULES) rules.add(patterns.map((pattern) => ({ pattern, mark })));
  rules.add(LOOKED_AT.map((pattern) => ({ pattern, mark: 'hidden' })));
  rules.add(readPatterns(directory).map((pattern) => ({ pattern, mark: '.marignore' })));
  rules.add(exclude.map((pattern) => ({ pattern, mark: '--exclude' })));
  return (path) => {
    const found = rules.checkIgnore(path);
    return found.ignored ? (found.rule?.mark ?? 'left out') : undefined;
  };
}

function readPatterns(directory: string): string[] {
  try {
    return readFileSync(join(directory, '.marignore'), 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}
