import process from 'node:process';
import type { Io } from './command.js';

/** The process's own world. The first SIGINT or SIGTERM aborts the signal; a second one ends the process as usual. */
export function processIo(): Io {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => controller.abort(name));
  }
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    signal: controller.signal,
  };
}
