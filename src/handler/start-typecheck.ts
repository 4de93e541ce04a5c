import { fork } from 'node:child_process';
import { MarError } from '#errors/mar-error.js';
import { FROM_SOURCE, ownModule, PACKAGE_ROOT } from '#own-files.js';
import type { TypeProblem } from './typecheck.js';

/** What the process says before it ends. */
export type TypecheckAnswer = { readonly problems: readonly TypeProblem[] } | { readonly fault: string };

/** A type check that runs while the caller goes on. */
export interface Typecheck {
  /** Throws `ERR_TYPECHECK` when the checker itself fails. */
  readonly problems: Promise<readonly TypeProblem[]>;
  /** Ends the process when its answer is no longer wanted. */
  stop(): void;
}

/**
 * Starts the type check of a handler in a process of its own: TypeScript takes a second and 150 MB, and packing needs
 * neither. `file` is absolute.
 */
export function startTypecheck(file: string): Typecheck {
  const child = fork(ownModule('handler/typecheck-process'), [file], {
    cwd: PACKAGE_ROOT,
    execArgv: FROM_SOURCE ? process.execArgv : [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const problems = new Promise<readonly TypeProblem[]>((resolve, reject) => {
    child.once('message', (answer: TypecheckAnswer) => {
      if ('problems' in answer) resolve(answer.problems);
      else reject(failed(answer.fault));
    });
    child.once('error', (error) => reject(failed(error.message)));
    child.once('exit', (code, signal) => reject(failed(`it ended with ${signal ?? code}`)));
  });
  problems.catch(() => {});
  return { problems, stop: () => void child.kill('SIGKILL') };
}

function failed(reason: string): MarError {
  return new MarError(`The handler's types could not be checked: ${reason}.`, {
    code: 'ERR_TYPECHECK',
    kind: 'unavailable',
  });
}
