import { constants } from 'node:os';
import type { Io } from '#cli/command.js';

/** What a person, a terminal that closes or a supervisor ends a program with. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP'] as const;
type Signal = (typeof SIGNALS)[number];

/**
 * Runs a program in the process's own world and ends the process with its exit code. The first signal aborts `io.signal`; what
 * could not be completed then dies by that signal, as a shell's loop expects. A second one ends it at once, staged files removed.
 */
export async function run(program: (argv: readonly string[], io: Io) => Promise<number>): Promise<void> {
  const obstacle = tooOld() ?? homeless();
  if (obstacle !== undefined) {
    process.stderr.write(`error: ${obstacle}\n`);
    process.exit(2);
  }
  const controller = new AbortController();
  let received: Signal | undefined;
  const interrupt = (signal: Signal): void => {
    if (received !== undefined) process.exit(128 + constants.signals[signal]);
    received = signal;
    controller.abort(signal);
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  const { stdin, stdout, stderr, env } = process;
  const code = await program(process.argv.slice(2), {
    stdin,
    stdout,
    stderr,
    env,
    cwd: process.cwd(),
    signal: controller.signal,
  });
  if (received !== undefined && code !== 0) {
    process.off(received, interrupt);
    process.kill(process.pid, received);
  }
  // All output is written by now, or nobody takes it: nothing is worth staying for.
  process.exit(code);
}

/** The oldest Node that has all we use, as `engines` of package.json says. */
const NEEDED = [20, 15] as const;

function tooOld(): string | undefined {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return undefined;
  return `this program needs Node ${NEEDED.join('.')} or newer; this is ${process.versions.node}`;
}

function homeless(): string | undefined {
  try {
    process.cwd();
    return undefined;
  } catch {
    return 'the working directory does not exist any more\nhint: cd to one that does';
  }
}
