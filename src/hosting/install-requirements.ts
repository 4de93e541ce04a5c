import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { REQUIREMENTS_FILE } from '#conventions/requirements.js';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';
import { inside } from '#inside.js';
import type { Runtime } from '#manifest/manifest.js';
import { findPython } from './find-python.js';
import { LineReader } from './line-reader.js';
import { requirementsDigest } from './requirements-content.js';

export interface RequirementsOptions {
  /** The archive's requirements file. */
  readonly file: string;
  /** The interpreter that the environment is made from. */
  readonly python: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where environments are kept; default `model-archiver/venvs` in the user's cache directory. */
  readonly cacheDir?: string;
  /** What pip says, line by line: the progress. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface ModelRequirements extends Omit<RequirementsOptions, 'file' | 'python'> {
  /** Directory of the extracted archive. */
  readonly modelDir: string;
  /** The manifest's `requirementsFile`; without it a `requirements.txt` at the top of the directory counts. */
  readonly requirementsFile?: string;
  readonly runtime: Runtime;
  /** `--python`. */
  readonly python?: string;
}

/**
 * The interpreter of a model's own environment; undefined where there is nothing to install: no Python, or no requirements.
 * A requirements file outside of the archive is refused, `ERR_REQUIREMENTS_FILE`.
 */
export async function installModelRequirements(options: ModelRequirements): Promise<string | undefined> {
  const { modelDir, requirementsFile, runtime, python, ...rest } = options;
  if (runtime === 'nodejs') return undefined;
  if (requirementsFile === undefined && !(await exists(join(modelDir, REQUIREMENTS_FILE)))) return undefined;
  const path = inside(modelDir, requirementsFile ?? REQUIREMENTS_FILE);
  if (!path) {
    throw new MarError(`requirementsFile is '${requirementsFile}', expected a path inside the archive.`, {
      code: 'ERR_REQUIREMENTS_FILE',
    });
  }
  const interpreter = await findPython({ runtime, env: rest.env, ...(python !== undefined && { python }) });
  return installRequirements({ ...rest, file: resolve(modelDir, path), python: interpreter });
}

/** Lines of pip's output that go into an error. */
const KEPT_LINES = 15;

/**
 * A virtual environment with an archive's requirements, and the interpreter in it. It is made once per interpreter and content of the file
 * and all that it names, and reused; the packages of the interpreter itself stay visible. Fails with `ERR_REQUIREMENTS` or `ERR_REQUIREMENTS_FILE`; a failed or
 * interrupted installation leaves nothing behind.
 */
export async function installRequirements(options: RequirementsOptions): Promise<string> {
  const { python, file, cacheDir = defaultCache(options.env) } = options;
  const content = await access(file)
    .then(() => requirementsDigest(file))
    .catch((cause: unknown) => {
      throw new MarError(`The requirements file ${file} cannot be read: ${messageOf(cause)}.`, {
        code: 'ERR_REQUIREMENTS_FILE',
        cause,
      });
    });
  const version = await output(options, ['-c', 'import sys; print(sys.version, sys.executable)']);
  const digest = createHash('sha256').update(version).update(content);
  const directory = join(cacheDir, digest.digest('hex').slice(0, 32));
  if (await exists(interpreterOf(directory))) return interpreterOf(directory);
  await mkdir(cacheDir, { recursive: true });
  const temporary = await mkdtemp(join(cacheDir, '.new-'));
  try {
    await pass(options, python, ['-m', 'venv', '--system-site-packages', temporary]);
    const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '-r', file];
    await pass(options, interpreterOf(temporary), pip);
    await rename(temporary, directory).catch((error: unknown) => {
      // Another runner was faster: its environment is as good.
      if (systemCode(error) !== 'ENOTEMPTY' && systemCode(error) !== 'EEXIST') throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return interpreterOf(directory);
}

function defaultCache(env: RequirementsOptions['env']): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'model-archiver', 'venvs');
}

function interpreterOf(directory: string): string {
  return join(directory, 'bin', 'python');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function output(options: RequirementsOptions, args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  await pass({ ...options, onLine: (line) => lines.push(line) }, options.python, args);
  return lines.join('\n');
}

/** Runs a command to its good end, or fails with its last lines. */
async function pass(options: RequirementsOptions, command: string, args: readonly string[]): Promise<void> {
  const { env, signal, onLine, file } = options;
  // Paths inside the file are relative to it.
  const cwd = dirname(file);
  const child = spawn(command, args, {
    cwd,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  });
  const last: string[] = [];
  const keep = (line: string): void => {
    last.push(line);
    if (last.length > KEPT_LINES) last.shift();
    onLine?.(line);
  };
  readLines(child, keep);
  const code = await ended(child, command);
  if (code === 0) return;
  throw new MarError(`The requirements of ${file} could not be installed: ${command} ended with ${code}.`, {
    code: 'ERR_REQUIREMENTS',
    detail: last.map((line) => `  ${line}`).join('\n'),
  });
}

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    const reader = new LineReader(onLine);
    stream?.on('data', (chunk: Buffer) => reader.push(chunk)).on('end', () => reader.end());
  }
}

async function ended(child: ChildProcess, command: string): Promise<string | number> {
  try {
    const [code, signal] = await once(child, 'close');
    return code ?? signal;
  } catch (error) {
    if (systemCode(error) === 'ABORT_ERR') throw error;
    throw new MarError(`${command} cannot be run: ${messageOf(error)}.`, {
      code: 'ERR_REQUIREMENTS',
      cause: error,
    });
  }
}
