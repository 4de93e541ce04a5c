import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MarError, messageOf } from '#errors/mar-error.js';
import { nativeCompiler } from './native-compiler.js';
import { readProblems, type TypeProblem } from './type-problems.js';
import { typecheckConfig } from './typecheck-config.js';

/** A type check that runs while the caller goes on. */
export interface Typecheck {
  /** Throws `ERR_TYPECHECK` when the checker itself fails. */
  readonly problems: Promise<readonly TypeProblem[]>;
  /** Ends the check when its answer is no longer wanted. */
  stop(): void;
}

/**
 * Starts the type check of a TypeScript handler with the native compiler, in a process of its own. The author's directory needs no
 * node_modules, and nothing is written into it. `file` is absolute.
 */
export function startTypecheck(file: string): Typecheck {
  try {
    return compile(nativeCompiler(), typecheckConfig(file), dirname(file));
  } catch (error) {
    const problems = Promise.reject(error instanceof MarError ? error : failed(messageOf(error)));
    problems.catch(() => {});
    return { problems, stop: () => {} };
  }
}

function compile(compiler: string, config: object, directory: string): Typecheck {
  const folder = mkdtempSync(join(tmpdir(), 'mar-types-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const project = join(folder, 'tsconfig.json');
  writeFileSync(project, JSON.stringify(config));
  const child = spawn(compiler, ['--project', project, '--pretty', 'false'], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const problems = new Promise<readonly TypeProblem[]>((resolve, reject) => {
    child.once('error', (error) => reject(failed(error.message)));
    child.once('close', (code, signal) => {
      const { problems, fault } = readProblems(output, directory);
      if (fault !== undefined) reject(failed(fault));
      // 0: no errors; 1 and 2: errors, which may all be in packages.
      else if (code === 0 || ((code === 1 || code === 2) && output !== '')) resolve(problems);
      else reject(failed(`the compiler ended with ${signal ?? code}`));
    });
  });
  const done = (): void => {
    process.off('exit', remove);
    remove();
  };
  problems.then(done, done);
  const stop = (): void => {
    child.kill('SIGKILL');
    done();
  };
  return { problems, stop };
}

function failed(reason: string): MarError {
  return new MarError(`The handler's types could not be checked: ${reason}.`, {
    code: 'ERR_TYPECHECK',
  });
}
