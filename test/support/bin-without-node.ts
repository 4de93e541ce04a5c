import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** A directory for a PATH in this folder: the programs that the real servers need, and no Node among them. */
export function binWithoutNode(folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const name of ['java', 'sh', 'bash', 'uname', 'dirname', 'readlink', 'ps', 'kill']) {
    const path = spawnSync('bash', ['-c', `type -P ${name}`], { encoding: 'utf8' }).stdout.trim();
    if (path !== '') symlinkSync(path, join(bin, name));
  }
  return bin;
}
