import { readFileSync } from 'node:fs';

/** The socket files that programs of this machine have open, by absolute path; empty where the system does not tell. */
export function openSockets(): string[] {
  const paths = linesOf('/proc/net/unix').map((line) => /^[0-9a-f]+: (?:\S+ +){6}(\/.*)$/i.exec(line)?.[1]);
  return [...new Set(paths.filter((path) => path !== undefined))];
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}
