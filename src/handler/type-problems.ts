import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { codeFrame } from './code-frame.js';
import { contractFault, importsNothing } from './contract/contract-module.js';
import { serviceDeclarations } from './provided.js';

/** A type error in the user's handler or a file it imports. */
export interface TypeProblem {
  /** Relative to the handler's directory, forward slashes. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** TypeScript's number, such as `TS2322`. */
  readonly code: string;
  readonly message: string;
  readonly frame: string;
  /** The handler cannot work whatever it is sent: it stops the build. */
  readonly isFatal?: true;
}

/** What the compiler said: errors in code, and the first one that keeps it from looking at the code. */
export interface CompilerOutput {
  readonly problems: readonly TypeProblem[];
  readonly fault: string | undefined;
  /** What is wrong with the entry point, from the errors in its contract module. */
  readonly contract: readonly string[];
}

/** The module that holds an entry point to the contract. */
export interface ContractFile {
  readonly path: string;
  readonly entryPoint: string;
}

/** `lib/n.ts(1,14): error TS2322: Type …`, the path relative to the working directory. */
const PLACED = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/;
const UNPLACED = /^error (TS\d+: .*)$/;
/** An npm package without declarations. Its users cannot fix it, and the code runs. */
const UNTYPED_PACKAGE = 'TS7016';

/**
 * Reads the output of the compiler, run in the handler's directory. Errors in packages and in our own declarations are not the
 * author's and are left out.
 */
export function readProblems(output: string, directory: string, held?: ContractFile): CompilerOutput {
  const problems: TypeProblem[] = [];
  const contract: string[] = [];
  let fault: string | undefined;
  for (const block of output.split(/\r?\n(?!\s)/)) {
    const [first = '', ...more] = block.split(/\r?\n/);
    const [, file = '', line, column, code = '', message = ''] = PLACED.exec(first) ?? [];
    if (file === '') fault ??= UNPLACED.exec(first)?.[1];
    else if (file.endsWith('tsconfig.json')) fault ??= `${code}: ${message}`;
    else if (held && resolve(directory, file) === held.path) {
      const found = contractFault(held.entryPoint, Number(line), [message, ...more].join('\n').trimEnd());
      // An entry point that cannot be called has no result to speak of.
      if (found !== undefined && contract.length === 0) contract.push(found);
    } else if (code !== UNTYPED_PACKAGE && isAuthors(resolve(directory, file))) {
      const place = { line: Number(line), column: Number(column) };
      const text = [message, ...more.filter((text) => text.trim() !== '')].join('\n');
      problems.push({
        file,
        ...place,
        code,
        message: text,
        frame: frameOf(resolve(directory, file), place),
        ...(importsNothing(code, text) && { isFatal: true }),
      });
    }
  }
  problems.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
  return { problems, fault, contract };
}

function isAuthors(file: string): boolean {
  const path = file.replaceAll('\\', '/');
  const ours = dirname(dirname(serviceDeclarations())).replaceAll('\\', '/');
  return !path.includes('/node_modules/') && !path.startsWith(`${ours}/`);
}

function frameOf(file: string, place: { line: number; column: number }): string {
  try {
    return codeFrame(readFileSync(file, 'utf8'), place);
  } catch {
    return '';
  }
}
