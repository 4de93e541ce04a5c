import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';
import type { Runtime } from '#manifest/manifest.js';

const run = promisify(execFile);

/** Oldest Python that the worker runs on. */
const OLDEST = [3, 8] as const;
const PROBE = 'import sys; print("%d.%d" % sys.version_info[:2])';

export interface PythonSearch {
  /** `--python`: used or refused, nothing else is tried. */
  readonly python?: string;
  /** `python` prefers the interpreter of that name, `python3` its own; `python2` archives are tried on Python 3. */
  readonly runtime: Runtime;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Interpreters found to be good, by command and PATH, so that a second worker does not look again. */
const known = new Set<string>();

/**
 * The interpreter of a Python worker: `--python`, else the `PYTHON` variable, else `python` or `python3` on PATH. One that is missing or older than 3.8 is passed over; when none is left, `ERR_INTERPRETER_NOT_FOUND` says what was tried.
 */
export async function findPython({ python, runtime, env }: PythonSearch): Promise<string> {
  const named = python === undefined ? searchOrder(runtime, env['PYTHON']) : [python];
  // The worker starts in the model's directory: a path is taken from here.
  const candidates = named.map((command) => (command.includes('/') ? resolve(command) : command));
  const tried: string[] = [];
  for (const command of candidates) {
    const key = `${command}\0${env['PATH']}`;
    if (known.has(key)) return command;
    const problem = await probe(command, env);
    if (problem === undefined) {
      known.add(key);
      return command;
    }
    tried.push(`${command}: ${problem}`);
  }
  throw new MarError(`No Python ${OLDEST.join('.')} or later was found for runtime ${runtime}.`, {
    code: 'ERR_INTERPRETER_NOT_FOUND',
    detail: tried.map((line) => `  ${line}`).join('\n'),
  });
}

function searchOrder(runtime: Runtime, variable: string | undefined): string[] {
  const onPath = runtime === 'python' ? ['python', 'python3'] : ['python3', 'python'];
  return variable ? [variable, ...onPath] : onPath;
}

/** Why an interpreter cannot be used; undefined when it can. */
async function probe(command: string, env: PythonSearch['env']): Promise<string | undefined> {
  try {
    const { stdout } = await run(command, ['-c', PROBE], { env: { ...env }, timeout: 10_000 });
    const [major = 0, minor = 0] = stdout.trim().split('.').map(Number);
    if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return undefined;
    return `is Python ${stdout.trim()}`;
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? 'not found' : messageOf(error).split('\n')[0];
  }
}
