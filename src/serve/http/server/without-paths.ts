import { readdirSync } from 'node:fs';

/** Matches a path of this machine, with its scheme: what begins at one of the folders at its root, up to what ends a path in sentences. */
let paths: RegExp | undefined;

/**
 * A text as strangers may read it: of absolute paths of this machine only the last part is left, behind `…/`. The paths of
 * addresses stay, and so do those that begin at no folder that is there; the log has them all.
 */
export function withoutPaths(text: string): string {
  if (!text.includes('/')) return text;
  paths ??= pathsBelow(readdirSync('/'));
  return text.replace(paths, '…$1');
}

function pathsBelow(folders: readonly string[]): RegExp {
  const names = folders.map((name) => name.replaceAll(/[^\w-]/g, '\\$&')).join('|');
  return new RegExp(
    `(?<![\\w./~%+\\]-])(?:file://)?/(?:${names})(?:/[^\\s"'\`<>:;,|()[\\]{}/]*)*?(/[^\\s"'\`<>:;,|()[\\]{}/]*)?/?(?![^\\s"'\`<>:;,|()[\\]{}])`,
    'g',
  );
}
