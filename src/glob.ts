import { existsSync, readdirSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import picomatch from 'picomatch';

/** `*`, `?` and `[…]` within one name, as Python's glob understands them: nothing else is special. */
const OPTIONS = { nobrace: true, noextglob: true, noglobstar: true, nonegate: true, flags: 'u' } as const;

/** True for a text with `*`, `?` or `[…]`. */
export function isPattern(text: string): boolean {
  return /[*?]|\[.*\]/.test(text);
}

/**
 * The paths that match a pattern, sorted; those of a relative pattern start at `cwd`, as the pattern does. A name that begins
 * with a dot is matched by a pattern that does.
 */
export function glob(pattern: string, cwd: string): string[] {
  const parts = pattern.split(/[\\/]/).filter((part, index) => part !== '' || index === 0);
  return match(cwd, parts[0] === '' ? [sep, ...parts.slice(1)] : parts, '').sort();
}

function match(cwd: string, [part, ...rest]: readonly string[], path: string): string[] {
  if (part === undefined) return [path];
  const names = isPattern(part) ? list(resolve(cwd, path)).filter(nameMatcher(part)) : [part];
  return names
    .map((name) => join(path, name))
    .filter((found) => existsSync(resolve(cwd, found)))
    .flatMap((found) => match(cwd, rest, found));
}

function nameMatcher(part: string): (name: string) => boolean {
  const matches = picomatch(literally(part), { ...OPTIONS, dot: part.startsWith('.') });
  return (name) => matches(name);
}

/** Python writes `[!a]` for what is not `a`; brackets, braces and the like are only themselves. */
function literally(part: string): string {
  return part.replace(/\[!|\[\^|[(){}|+^$\\]/g, (token) => (token.length > 1 ? '[^' : `\\${token}`));
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
