import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { MarError, messageOf } from '#errors/mar-error.js';
import { codeFrame } from './code-frame.js';
import { contractModule } from './contract/contract-module.js';
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
 * node_modules, and nothing is written into it. `file` is absolute. The type of the export `entryPoint` is held to the contract.
 */
export function startTypecheck(file: string, entryPoint?: string): Typecheck {
  try {
    return compile(nativeCompiler(), file, entryPoint);
  } catch (error) {
    const problems = Promise.reject(error instanceof MarError ? error : failed(messageOf(error)));
    problems.catch(() => {});
    return { problems, stop: () => {} };
  }
}

function compile(compiler: string, file: string, entryPoint: string | undefined): Typecheck {
  const directory = dirname(file);
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'mar-types-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const project = join(folder, 'tsconfig.json');
  const held = entryPoint === undefined ? undefined : { path: join(folder, 'contract.ts'), entryPoint };
  if (held) writeFileSync(held.path, contractModule(file, held.entryPoint));
  writeFileSync(project, JSON.stringify(typecheckConfig(file, held?.path)));
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
      const { problems, fault, contract } = readProblems(output, directory, held);
      if (fault !== undefined) reject(failed(fault));
      // 0: no errors; 1 and 2: errors, which may all be in packages.
      else if (code === 0 || ((code === 1 || code === 2) && output !== '')) {
        const broken = contract.map((message) => breach(file, entryPoint ?? '', message));
        resolve(Promise.all(broken).then((found) => [...problems, ...found]));
      } else reject(failed(`the compiler ended with ${signal ?? code}`));
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

/** A fault of the entry point, at the place where it is exported. */
async function breach(file: string, entryPoint: string, message: string): Promise<TypeProblem> {
  const { analyseScript } = await import('./analyse-script.js');
  const text = readFileSync(file, 'utf8');
  const { line = 1, column = 1 } =
    analyseScript(text, basename(file)).exports.find(({ name }) => name === entryPoint) ?? {};
  const frame = codeFrame(text, { line, column });
  return { file: basename(file), line, column, code: 'contract', message, frame, isFatal: true };
}

function failed(reason: string): MarError {
  return new MarError(`The handler's types could not be checked: ${reason}.`, {
    code: 'ERR_TYPECHECK',
  });
}
