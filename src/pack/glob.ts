import { readdirSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

/** True for a text with `*`, `?` or `[…]`. */
export function isPattern(text: string): boolean {
  return /[*?]|\[.*\]/.test(text);
}

/** The paths that match a pattern, sorted: `*`, `?` and `[…]` within one name, as Python's glob understands them. */
export function glob(pattern: string, cwd: string): string[] {
  const parts = pattern.split(/[\\/]/).filter((part, index) => part !== '' || index === 0);
  const start = parts[0] === '' ? sep : resolve(cwd);
  return match(start, parts[0] === '' ? parts.slice(1) : parts).sort();
}

function match(directory: string, parts: readonly string[]): string[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [directory];
  if (!isPattern(part)) {
    const path = join(directory, part);
    return statSync(path, { throwIfNoEntry: false }) ? match(path, rest) : [];
  }
  const name = nameExpression(part);
  return list(directory)
    .filter((found) => name.test(found) && (part.startsWith('.') || !found.startsWith('.')))
    .flatMap((found) => match(join(directory, found), rest));
}

function nameExpression(part: string): RegExp {
  const source = part.replace(/\[(!?)(\]?[^\]]*)\]|[*?]|[^*?[]+|\[/g, (token, not: string, set: string | undefined) => {
    if (token === '*') return '.*';
    if (token === '?') return '.';
    if (set === undefined) return token.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    return `[${not ? '^' : ''}${set.replace(/[\\\]^]/g, '\\$&')}]`;
  });
  return new RegExp(`^${source}$`, 'su');
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
