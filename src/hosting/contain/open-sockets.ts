import { readFileSync, statSync } from 'node:fs';

/** The socket files that programs of this machine have open, by absolute path; empty where the system does not tell. `listing` is what it tells. */
export function openSockets(listing = '/proc/net/unix'): string[] {
  const paths = linesOf(listing).map((line) => /^[0-9a-f]+: (?:\S+ +){6}(\/.*)$/i.exec(line)?.[1]);
  // A program with a file system of its own may have a socket where there is something else here.
  return [...new Set(paths.filter((path) => path !== undefined))].filter(isSocket);
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}

function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket();
  } catch {
    // Gone, or nothing that this user reaches.
    return false;
  }
}
