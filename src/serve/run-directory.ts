import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The directory of one run of the server: unpacked archives and downloads. It goes away with the run, however that ends. */
export interface RunDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes the directory, readable by this user alone, below `parent` (default: the system's temporary directory). */
export async function makeRunDirectory(parent: string | undefined): Promise<RunDirectory> {
  const path = await mkdtemp(join(parent ?? tmpdir(), 'mar-serve-'));
  const reaper = startReaper(path);
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
      reaper?.stdin?.end();
    },
  };
}

/**
 * A shell that waits for the end of its input and then removes the directory. Its input is a pipe from this process, so it
 * acts when the process is gone for any reason, SIGKILL included; it ignores the signals that a terminal sends to everybody.
 */
function startReaper(path: string): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined;
  const script = 'trap "" INT TERM HUP; read -r _; rm -rf -- "$1"';
  const child = spawn('/bin/sh', ['-c', script, 'mar-serve-reaper', path], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
  });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  return child;
}
