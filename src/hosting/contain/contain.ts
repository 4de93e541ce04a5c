import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inside } from '#inside.js';
import { PACKAGE_ROOT } from '#own-files.js';
import { readableDirectories } from '../sandbox-flags.js';
import { CONTAIN } from './script.js';

export { allowedEnvironment } from './allowed-environment.js';

/** How a worker is kept in. */
export interface Containment {
  /** The directory of the run: the one place that the worker may write to. */
  readonly run: string;
  /** Limit of each process's data memory in MiB; none without it. */
  readonly memoryMb?: number;
}

/** Directories whose content a contained worker does not see, but for what it needs to run. */
const HIDDEN = ['/tmp', '/var/tmp', '/run', '/var/run', '/mnt', '/media'];

/** What containing leaves in the directory of a run. */
export const CONTAINMENT_FILES = ['.new', '.old'];

const UNSHARE = [
  'unshare',
  '--user',
  '--map-root-user',
  '--mount',
  '--pid',
  '--net',
  '--ipc',
  '--fork',
  '--kill-child',
  '--mount-proc',
];

let tried: Promise<string | undefined> | undefined;

/** Why this system lets no worker be contained, or undefined where it does: tried once, with a command that does nothing. */
export function cannotContain(): Promise<string | undefined> {
  tried ??= attempt();
  return tried;
}

async function attempt(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'it takes Linux namespaces';
  const run = await mkdtemp(join(realpathSync(tmpdir()), 'mar-contain-'));
  try {
    const [program = '', ...args] = await contained(['true'], { run }, []);
    const child = spawn(program, args, {
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '' },
    });
    const ended = new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code) => resolve(code === 0 ? undefined : `unshare ended with ${code}`));
    });
    const [reason, said] = await Promise.all([ended, text(child.stderr).catch(() => '')]);
    return reason === undefined ? undefined : said.trim().split('\n')[0] || reason;
  } finally {
    await rm(run, { recursive: true, force: true });
  }
}

/**
 * The command that runs `command` in namespaces of its own: no network, nothing of the machine can be written but `run`, home and temporary
 * directories are empty but for `run`, `needed` and this program, and when its first process ends all of its processes do.
 */
export async function contained(
  command: readonly string[],
  { run, memoryMb }: Containment,
  needed: readonly string[],
): Promise<string[]> {
  const [root = '', old = ''] = CONTAINMENT_FILES.map((name) => join(run, name));
  for (const directory of [root, old]) await mkdir(directory, { recursive: true });
  const hidden = [...HIDDEN, homedir()].filter(
    (path) => existsSync(path) && realpathSync(path) === path && path !== '/',
  );
  const own = [...readableDirectories(PACKAGE_ROOT, PACKAGE_ROOT), dirname(dirname(realpathSync(process.execPath)))];
  const isHidden = (path: string): boolean => hidden.some((place) => inside(place, path) !== undefined);
  const kept = [...new Set([...own, ...needed])].filter((path) => isHidden(path) && inside(run, path) === undefined);
  // A directory is bound before those inside it.
  kept.sort();
  const limit = memoryMb === undefined ? '0' : String(memoryMb * 1024);
  const places = [...hidden.map((path) => `hide:${path}`), ...kept.map((path) => `keep:${path}`)];
  return [...UNSHARE, '/bin/sh', '-c', CONTAIN, 'mar-contain', root, run, limit, ...places, '--', ...command];
}

/** The directories that a Python interpreter loads its modules from: its own, those of its environment, the user's. */
export function pythonDirectories(python: string, env: Readonly<Record<string, string | undefined>>): string[] {
  const found = (env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, python));
  const program = python.includes('/') ? python : found.find((path) => existsSync(path));
  const programs = program === undefined || !existsSync(program) ? [] : [program, realpathSync(program)];
  const paths = (env['PYTHONPATH'] ?? '').split(delimiter).filter((path) => path !== '');
  return [...programs.map((path) => dirname(dirname(path))), join(homedir(), '.local/lib'), ...paths];
}
