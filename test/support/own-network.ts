import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A network namespace in which nothing but loopback is there, and that up. */
const INSIDE = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
const NETWORK = ['-rn', ...INSIDE];
/** Processes of its own besides: what is started ends with it, and sees no other. */
const CONTAINER = ['-rnmpf', '--mount-proc', ...INSIDE];

const possible = (flags: readonly string[]): boolean =>
  spawnSync('unshare', [...flags, 'true'], { stdio: 'ignore' }).status === 0;

/** For `testUnless`: why no program can have a network of its own here. */
export const missingOwnNetwork = possible(NETWORK)
  ? undefined
  : 'a network namespace: unshare -rn and ip are not granted';

/** For `testUnless`: why no program can have networks and processes of its own here. */
export const missingContainer = possible(CONTAINER)
  ? undefined
  : 'networks and processes of its own: unshare -rnmpf --mount-proc and ip are not granted';

/** Runs a script of this folder in a network of its own, where it may bind every address; its standard output. */
export function inOwnNetwork(script: string): string {
  return inside(NETWORK, fileURLToPath(new URL(script, import.meta.url)), []);
}

/** Runs a script by its absolute path with networks and processes of its own; its standard output. */
export function inContainer(script: string, args: readonly string[]): string {
  return inside(CONTAINER, script, args);
}

function inside(flags: readonly string[], path: string, args: readonly string[]): string {
  const node = [process.execPath, '--import', 'tsx', '--conditions=mar-source', path, ...args];
  return execFileSync('unshare', [...flags, ...node], { encoding: 'utf8', cwd: new URL('../../', import.meta.url) });
}
