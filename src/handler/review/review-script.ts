import { bannerOf } from '../bundle/place.js';
import type { Remark } from './remark.js';
import { lineOf } from './script/line-of.js';
import type { Packages } from './script/module-paths.js';
import type { Refused } from './script/node-syntax.js';
import { importsOfOthers, mayRun } from './script/other-files.js';
import { PATTERNS, SUSPECT } from './script-suspects.js';

/** Characters of scripts that are parsed together, over all of them. */
const MOST_PARSED = 16 * 1024 * 1024;

/** What one script says for itself; see {@link reviewScripts}. */
export async function reviewScript(text: string): Promise<readonly Remark[]> {
  return (await reviewScripts(new Map([['script.js', text]]))).get('script.js') ?? [];
}

/**
 * What a reviewer must see in scripts that can import each other, by their paths: no proof of anything, since code can hide whatever it wants.
 * `packages` are what the package.json of a folder names, `beside` the other files of the archive. Scripts without remarks are left out.
 */
export async function reviewScripts(
  sources: ReadonlyMap<string, string>,
  packages: Packages = new Map(),
  beside: Iterable<string> = [],
): Promise<Map<string, readonly Remark[]>> {
  const found = new Map<string, readonly Remark[]>();
  const suspects = new Set<string>();
  const others = mayRun(beside);
  for (const [path, text] of sources) {
    const plain = written(text);
    const remarks = [...byPatterns(plain), ...importsOfOthers(path, plain, others, packages)];
    if (remarks.length > 0) found.set(path, remarks);
    if (isSuspect(plain)) suspects.add(path);
  }
  if (suspects.size === 0) return found;
  const { interpretScripts } = await import('./script/interpret-scripts.js');
  const parsed = withImporters(sources, suspects);
  const { remarks, refused } = interpretScripts(parsed, suspects, packages, others);
  const add = (path: string, more: readonly Remark[]): void => {
    const known = found.get(path) ?? [];
    const unknown = more.filter((one) => !known.some(({ message }) => message === one.message));
    found.set(path, [...unknown, ...known]);
  };
  for (const [path, more] of remarks) add(path, more);
  for (const [path, remark] of await ofRefused(refused))
    if (remark.kind === 'unread' || suspects.has(path)) add(path, [remark]);
  return found;
}

/** What our bundles begin with names modules, and does nothing with them. */
const BANNER = new Set([true, false].flatMap((isCommonJs) => bannerOf(isCommonJs).split('\n')));

function isSuspect(text: string): boolean {
  let from = 0;
  for (let end = text.indexOf('\n'); end >= 0 && BANNER.has(text.slice(from, end)); end = text.indexOf('\n', from))
    from = end + 1;
  const rest = text.slice(from);
  return SUSPECT.test(rest) || (from > 0 && rest.includes('__createRequire'));
}

/** What is said of what could not be parsed: whether it is JavaScript nevertheless, which only Node can tell. */
async function ofRefused(refused: readonly Refused[]): Promise<[path: string, remark: Remark][]> {
  if (refused.length === 0) return [];
  const { takenByNode } = await import('./script/node-syntax.js');
  const taken = await takenByNode(refused);
  return refused.map(({ path, line, column }, index) => [
    path,
    taken[index] === true
      ? { kind: 'unread', message: 'cannot be reviewed: it has syntax that is not known here', line, column }
      : {
          kind: 'review',
          message: 'is not JavaScript that Node runs, so that only words were looked for',
          line,
          column,
        },
  ]);
}

/** The scripts that are parsed: those with suspect words, all of the archive's own, and what imports others in packages. */
function withImporters(sources: ReadonlyMap<string, string>, suspects: ReadonlySet<string>): Map<string, string> {
  const parsed = new Map<string, string>();
  let left = MOST_PARSED;
  for (const [path, text] of sources) {
    const isImporter = sources.size > 1 && (!/(^|\/)node_modules\//.test(path) || IMPORTS.test(text));
    if (!suspects.has(path) && !isImporter) continue;
    if (text.length > left && !suspects.has(path)) continue;
    left -= text.length;
    parsed.set(path, text);
  }
  return parsed;
}

/** A name of a module that is not one of Node's. */
const IMPORTS = /\b(?:from|import|require)\s*\(?\s*['"`](?:\.|#|@?\w)/;

/** Escapes decoded, and texts that are put together from pieces written as one. */
function written(text: string): string {
  return text
    .replace(
      /\\(?:x([2-7][0-9a-f])|u00([2-7][0-9a-f])|u\{([2-7][0-9a-f])\})/gi,
      (_all, a?: string, b?: string, c?: string) => String.fromCharCode(Number.parseInt(a ?? b ?? c ?? '', 16)),
    )
    .replace(/\$\{\s*(['"])([\w:]{0,20})\1\s*\}/g, '$2')
    .replace(/(['"`])([\w:]{1,20})\1\s*\+\s*(?=['"`][\w:]{1,20}['"`])/g, '$1$2\ue000')
    .replace(/\ue000['"`]/g, '');
}

function byPatterns(text: string): Remark[] {
  return PATTERNS.flatMap(([kind, message, pattern]) => {
    const found = pattern.exec(text);
    if (found === null) return [];
    return [{ kind, message, ...lineOf(text, found.index) }];
  });
}
