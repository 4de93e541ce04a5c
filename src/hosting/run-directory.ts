import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MarError, reasonOf } from '#errors/mar-error.js';

/** The directory of one run: unpacked archives and downloads. It goes away with the run, however that ends. */
export interface RunDirectory {
  readonly path: string;
  /** For the environment of every process of the run, which passes it on to what it starts: whoever has it goes with the run. */
  readonly mark: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

const MARK = 'MAR_RUN';

/**
 * Makes the directory, readable by this user alone, below `parent` (default: the system's temporary directory).
 * Throws `ERR_TEMPORARY_DIRECTORY`.
 */
export async function makeRunDirectory(parent: string = tmpdir()): Promise<RunDirectory> {
  const path = await makeBelow(parent);
  const reaper = startReaper(path);
  return {
    path,
    mark: { [MARK]: path },
    remove: async () => {
      const failure = await removeDirectory(path).then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      if (reaper) await finish(reaper);
      // Folders in folders, deeper than any path reaches, are nothing to the reaper, which goes down step by step.
      if (failure && existsSync(path)) throw failure.error;
    },
  };
}

/** Removes a directory with all that is in it, whatever a handler has made of its modes. Without one nothing happens. */
export async function removeDirectory(path: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 3 } as const;
  await rm(path, options).catch(async () => {
    await open(path);
    await rm(path, options);
  });
}

async function open(directory: string): Promise<void> {
  await chmod(directory, 0o700);
  for (const entry of await readdir(directory, { withFileTypes: true }))
    if (entry.isDirectory()) await open(join(directory, entry.name));
}

async function makeBelow(parent: string): Promise<string> {
  try {
    return await mkdtemp(join(await realpath(parent), 'mar-run-'));
  } catch (cause) {
    throw new MarError(`Archives cannot be unpacked below the temporary directory ${parent}: ${reasonOf(cause)}.`, {
      code: 'ERR_TEMPORARY_DIRECTORY',
      cause,
    });
  }
}

/**
 * Waits for the end of its input, ends every process with the mark and removes the directory. On Linux a process shows the
 * environment that it was started with, and SIGKILL reaches it even when it is stopped, loops or left its group and session.
 */
const REAPER = `trap "" INT TERM HUP
read -r _
for _ in 1 2 3 4 5 6 7 8 9; do
  left=$(grep -lF -- "${MARK}=$1" /proc/[0-9]*/environ 2>/dev/null)
  [ -n "$left" ] || break
  for file in $left; do
    pid=\${file#/proc/}
    kill -KILL "\${pid%/environ}"
  done
done
rm -rf -- "$1" 2>/dev/null || { chmod -R u+rwX -- "$1"; rm -rf -- "$1"; }`;

/**
 * Starts a shell with this script. Its input is a pipe from this process, so it acts when the process is gone for any reason,
 * SIGKILL included; it ignores the signals that a terminal sends to everybody.
 */
function startReaper(path: string): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined;
  const child = spawn('/bin/sh', ['-c', REAPER, 'mar-reaper', path], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
  });
  child.on('error', () => {});
  // Missing after a failed spawn, whatever its type.
  child.stdin?.on('error', () => {});
  child.unref();
  return child;
}

async function finish(reaper: ChildProcess): Promise<void> {
  if (reaper.pid === undefined || reaper.exitCode !== null || reaper.signalCode !== null) return;
  reaper.ref();
  const exited = once(reaper, 'exit');
  reaper.stdin?.end();
  await exited;
}
