import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';

/** Close-on-exec, as /proc writes the flags of a descriptor. */
const O_CLOEXEC = 0o2000000;

type Stdio = ('ignore' | 'pipe' | number)[];

/**
 * Lends `spawn` these descriptors for a program, and nothing of those that whoever started this process left open without asking them to be closed,
 * such as the 200 of `flock 200`: in their place the program finds /dev/null.
 */
export function withOwnStdio<T>(stdio: readonly ('ignore' | 'pipe')[], start: (stdio: Stdio) => T): T {
  const inherited = inheritable().filter((descriptor) => descriptor >= stdio.length);
  if (inherited.length === 0) return start([...stdio]);
  const nothing = openSync('/dev/null', 'r');
  try {
    const all: Stdio = Array(Math.max(...inherited) + 1).fill('ignore');
    for (const [descriptor, kind] of stdio.entries()) all[descriptor] = kind;
    for (const descriptor of inherited) all[descriptor] = nothing;
    return start(all);
  } finally {
    closeSync(nothing);
  }
}

/** Descriptors that a program started by this process would get unasked; Node marks its own to be closed. */
function inheritable(): number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number).filter(staysOpen);
  } catch {
    return [];
  }
}

function staysOpen(descriptor: number): boolean {
  try {
    const [, flags = ''] = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')) ?? [];
    return (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    // The one that the list itself was read by.
    return false;
  }
}
