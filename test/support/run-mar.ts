import { Readable, Writable } from 'node:stream';
import type { Io } from '../../src/cli/command.js';
import { mar } from '../../src/cli/mar.js';
import { modelArchiver } from '../../src/cli/model-archiver.js';

export interface MarRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  signal?: AbortSignal;
  /** What comes from standard input. */
  stdin?: string;
  /** Hears stderr while the command runs. */
  onStderr?: (text: string) => void;
  /** Hears stdout while the command runs. */
  onStdout?: (text: string) => void;
  /** Standard error is a terminal. */
  terminal?: boolean;
}

/** Runs a `mar` command line in this process, as in a pipe: no terminal, no colours. */
export function runMar(argv: readonly string[], options: RunOptions = {}): Promise<MarRun> {
  return runProgram(mar, argv, options);
}

/** Runs a `model-archiver` command line in this process, as in a pipe. */
export function runModelArchiver(argv: readonly string[], options: RunOptions = {}): Promise<MarRun> {
  return runProgram(modelArchiver, argv, options);
}

async function runProgram(
  program: (argv: readonly string[], io: Io) => Promise<number>,
  argv: readonly string[],
  options: RunOptions,
): Promise<MarRun> {
  const stdout = new Collected(options.onStdout);
  const stderr = Object.assign(new Collected(options.onStderr), { isTTY: options.terminal === true });
  const code = await program(argv, {
    stdin: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    stdout,
    stderr,
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
    signal: options.signal ?? new AbortController().signal,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class Collected extends Writable {
  text = '';
  readonly #onText: ((text: string) => void) | undefined;

  constructor(onText?: (text: string) => void) {
    super();
    this.#onText = onText;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString('utf8');
    this.#onText?.(chunk.toString('utf8'));
    done();
  }
}
