import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { MarError } from '#errors/mar-error.js';
import { ownFile } from '#own-files.js';
import { parseStat } from '#process-stat.js';
import type { ExitCode, Io } from '../command.js';

/** The server that `--start` has started: its process, and when that began, which tells it from a later one of the same number. */
interface Started {
  readonly pid: number;
  readonly since: string;
}

const pidFile = ({ env }: Io): string => join(env['TMPDIR'] || tmpdir(), '.mar-serve-local.json');

/** Where a server in the background writes its log. */
const logFile = ({ env }: Io): string => join(env['TMPDIR'] || tmpdir(), 'mar-serve-local.log');

/** The server of the last `--start`, if it still runs. */
function running(io: Io): Started | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(pidFile(io), 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('since' in value)) return undefined;
    const { pid, since } = value;
    if (typeof pid !== 'number' || typeof since !== 'string' || sinceOf(pid) !== since) return undefined;
    return { pid, since };
  } catch {
    return undefined;
  }
}

/** When a process began, as its system says it; undefined where there is none. */
function sinceOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const fields = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.fields ?? [];
      // A process that has ended and that nobody has asked for is none.
      return fields[0] === 'Z' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  const { stdout, status } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}

/** Notes this process as the server that `--stop` ends; `ERR_SERVER_RUNNING` where another one is. Returns what takes the note back. */
export function noteServer(io: Io): () => void {
  refuseSecond(io);
  const { pid } = process;
  writeFileSync(pidFile(io), JSON.stringify({ pid, since: sinceOf(pid) ?? '' }), { mode: 0o600 });
  return () => {
    if (running(io)?.pid === pid) rmSync(pidFile(io), { force: true });
  };
}

function refuseSecond(io: Io): void {
  const other = running(io);
  if (!other || other.pid === process.pid) return;
  throw new MarError(`A server of --start runs already, as process ${other.pid}.`, {
    code: 'ERR_SERVER_RUNNING',
  });
}

/** Starts the server of these arguments in the background and returns once it answers, or has ended with an error. */
export async function startInBackground(argv: readonly string[], io: Io): Promise<ExitCode> {
  refuseSecond(io);
  const log = logFile(io);
  const out = openSync(log, 'w', 0o600);
  const program = ownFile('dist/bin/mar.js');
  const child = spawn(process.execPath, [program, 'serve-local', ...argv, '--foreground'], {
    cwd: io.cwd,
    env: io.env,
    detached: true,
    stdio: ['ignore', out, out],
  });
  closeSync(out);
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  for (;;) {
    await wait(50, undefined, { signal: io.signal });
    const text = readFileSync(log, 'utf8');
    if (ended) {
      io.stderr.write(text);
      return 2;
    }
    // The addresses are the last thing that a start says.
    if (/^Inference.*https?:/m.test(text) || /"inferenceUrl"/.test(text)) break;
  }
  child.unref();
  io.stdout.write(readFileSync(log, 'utf8'));
  io.stderr.write(`the server runs in the background as process ${child.pid}, its log is ${log}; --stop ends it\n`);
  return 0;
}

/** Ends the server of the last `--start`, and only that one; `ERR_SERVER_NOT_STARTED` where it does not run. */
export async function stopServer(io: Io): Promise<void> {
  const server = running(io);
  if (!server) {
    throw new MarError('No server that --start has started is running.', { code: 'ERR_SERVER_NOT_STARTED' });
  }
  process.kill(server.pid, 'SIGTERM');
  while (sinceOf(server.pid) === server.since) await wait(20, undefined, { signal: io.signal });
  rmSync(pidFile(io), { force: true });
  io.stdout.write(`The server has stopped (process ${server.pid}).\n`);
}
