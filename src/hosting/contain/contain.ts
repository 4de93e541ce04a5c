import { spawn } from 'node:child_process';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { inside } from '#inside.js';
import { openSockets } from './open-sockets.js';
import { ownDirectories } from './own-directories.js';
import { CONTAIN } from './script.js';

export { allowedEnvironment } from './allowed-environment.js';

/** How a worker is kept in. */
export interface Containment {
  /** The directory of the run: the one place that the worker may write to. */
  readonly run: string;
  /** Limit of each process's data memory in MiB; none without it. */
  readonly memoryMb?: number;
  /** Directories and files that it does not see either; what of them is not there is passed over. */
  readonly hidden?: readonly string[];
}

/** Directories whose content a contained worker does not see, but for what it needs to run; so are the home and temporary directory in use. */
const HIDDEN = ['/tmp', '/var/tmp', '/run', '/var/run', '/mnt', '/media', '/home', '/root'];

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
  { run, memoryMb, hidden = [] }: Containment,
  needed: readonly string[],
): Promise<string[]> {
  const [root = '', old = ''] = CONTAINMENT_FILES.map((name) => join(run, name));
  for (const directory of [root, old]) await mkdir(directory, { recursive: true });
  const named = [...alwaysHidden(), ...hidden];
  // A socket in the file system belongs to no network namespace: who may write to it reaches the program behind it.
  const away = [...new Set([...named, ...openSockets()].filter((path) => existsSync(path)).map(real))];
  const [directories, files] = [away.filter(isDirectory), away.filter((path) => !isDirectory(path))];
  const isHidden = (path: string): boolean => directories.some((place) => inside(place, path) !== undefined);
  // By both names: behind a link in a hidden directory may be what is not hidden, and the other way round.
  const wanted = [...ownDirectories().flatMap(withoutOthers), ...needed].flatMap((path) => [resolve(path), real(path)]);
  const kept = [...new Set(wanted)].filter((path) => isHidden(path) && inside(run, path) === undefined);
  const limit = memoryMb === undefined ? '0' : String(memoryMb * 1024);
  // A directory is hidden or bound before those inside it: the innermost decides.
  const byPath = [
    ...directories.map((path) => [path, 'hide'] as const),
    ...kept.map((path) => [path, 'keep'] as const),
  ];
  byPath.sort(([path, what], [other, its]) => (path === other ? (what < its ? -1 : 1) : path < other ? -1 : 1));
  const places = [...byPath.map(([path, what]) => `${what}:${path}`), ...files.map((path) => `mask:${path}`)];
  return [...UNSHARE, '/bin/sh', '-c', CONTAIN, 'mar-contain', root, run, limit, ...places, '--', ...command];
}

function alwaysHidden(): string[] {
  return [...HIDDEN, homedir(), tmpdir()];
}

/** The directory that a program is installed in, but of a home or of what else is hidden (`~/bin/python3`) only what belongs to programs. */
function withoutOthers(directory: string): string[] {
  if (!alwaysHidden().map(real).includes(real(directory))) return [directory];
  return ['bin', 'lib', 'lib64'].map((name) => join(directory, name)).filter((path) => existsSync(path));
}

function real(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}

/** False for the root as well, which cannot be hidden. */
function isDirectory(path: string): boolean {
  return path !== '/' && statSync(path).isDirectory();
}

/** The directories that a Python interpreter loads its modules from: its own, those of its environment, the user's. */
export function pythonDirectories(python: string, env: Readonly<Record<string, string | undefined>>): string[] {
  const found = (env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, python));
  const program = python.includes('/') ? python : found.find((path) => existsSync(path));
  const programs = program === undefined || !existsSync(program) ? [] : [program, realpathSync(program)];
  const paths = (env['PYTHONPATH'] ?? '').split(delimiter).filter((path) => path !== '');
  return [
    ...programs.flatMap((path) => withoutOthers(dirname(dirname(path)))),
    join(homedir(), '.local/lib'),
    ...paths,
  ];
}
