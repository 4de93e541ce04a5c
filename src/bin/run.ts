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
