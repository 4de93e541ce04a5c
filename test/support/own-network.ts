import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A network namespace in which nothing but loopback is there, and that up. */
const INSIDE = ['-rn', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];

/** For `testUnless`: why no program can have a network of its own here. */
export const missingOwnNetwork =
  spawnSync('unshare', [...INSIDE, 'true'], { stdio: 'ignore' }).status === 0
    ? undefined
    : 'a network namespace: unshare -rn and ip are not granted';

/** Runs a script of this folder in a network of its own, where it may bind every address; its standard output. */
export function inOwnNetwork(script: string): string {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const node = [process.execPath, '--import', 'tsx', '--conditions=mar-source', path];
  return execFileSync('unshare', [...INSIDE, ...node], { encoding: 'utf8', cwd: new URL('../../', import.meta.url) });
}
