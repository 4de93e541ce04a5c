import { Writable } from 'node:stream';
import { type Command, CommanderError } from 'commander';
import { MarError, messageOf, systemCode } from '#errors/mar-error.js';
import { printable, printableJson, printableLine } from '#printable.js';
import type { CommandContext, ExitCode, Io } from './command.js';
import { otherWord } from './other-words.js';
import { watchOutput } from './watch-output.js';

/** Exit codes for errors that stop a command: usage is always 2, a defect 3, the rest as the program's `failure` says. */
function exitCodeOf(error: unknown, failure: ExitCode): ExitCode {
  if (isSystemError(error)) return failure;
  if (!(error instanceof MarError)) return 3;
  if (error.kind === 'internal') return 3;
  return error.kind === 'usage' ? 2 : failure;
}

/** What the operating system refused: no defect, even where no sentence of ours was prepared for it. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && systemCode(error) !== undefined && 'syscall' in error;
}

/** Two lines for a person: what happened, what to do; `--verbose` adds the stack. */
export function describeError(error: unknown, verbose: boolean): string {
  return printable(errorText(error, verbose));
}

function errorText(error: unknown, verbose: boolean): string {
  if (isSystemError(error)) return `error: ${error.message}\n${verbose && error.stack ? `${error.stack}\n` : ''}`;
  if (!(error instanceof MarError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `error: internal error, please report it\n${stack}\n`;
  }
  const lines = [`error: ${printableLine(error.message)}`];
  if (error.detail) lines.push(error.detail);
  lines.push(`hint: ${printableLine(error.advice)}`);
  if (verbose && error.stack) lines.push(error.stack);
  return `${lines.join('\n')}\n`;
}

/** The same for programs, on standard output where `--json` was given: `{ "error": { code, kind, message, hint, detail? } }`. */
function errorAsData(error: unknown): Record<string, unknown> {
  if (!(error instanceof MarError)) return { code: systemCode(error), message: messageOf(error) };
  const { code, kind, message, advice: hint, detail } = error;
  return { code, kind, message, hint, detail };
}

/** Whether the caller is a program that reads JSON: `--json`, or `--format json` in any spelling. */
function wantsJson(args: readonly string[]): boolean {
  return args.some(
    (arg, index) =>
      ['--json', '--format=json', '-fjson'].includes(arg) ||
      (['-f', '--format'].includes(arg) && args[index + 1] === 'json'),
  );
}

function writeJson({ stdout }: Io, error: Readonly<Record<string, unknown>>): void {
  stdout.write(`${printableJson(JSON.stringify({ error }, null, 2))}\n`);
}

function usageError({ message }: CommanderError, hint: string | undefined): MarError {
  return new MarError(message.replace(/^error: /, ''), { code: 'ERR_USAGE', ...(hint !== undefined && { hint }) });
}

/**
 * Runs a command tree and returns the exit code; never throws, never ends the process.
 * `failure` is the code for "could not complete": 2 for `mar`, 1 for the archiver, as both servers' archivers have it.
 */
export async function runProgram(
  create: (context: CommandContext) => Command,
  argv: readonly string[] | ((program: Command) => readonly string[]),
  io: Io,
  failure: ExitCode,
): Promise<number> {
  const output = watchOutput(io);
  const code = await runCommand(create, argv, io, failure);
  // A server that ends as it should after a signal is no failure for lines that nobody could take; that they were lost is told.
  return (await output.broken()) && !io.signal.aborted ? failure : code;
}

async function runCommand(
  create: (context: CommandContext) => Command,
  argv: readonly string[] | ((program: Command) => readonly string[]),
  io: Io,
  failure: ExitCode,
): Promise<ExitCode> {
  let code: ExitCode = 0;
  let args: readonly string[] = [];
  let { stdout } = io;
  const program = create({
    io: {
      ...io,
      get stdout() {
        return stdout;
      },
    },
    exit: (value) => {
      code = value;
    },
    silence: () => {
      stdout = new Writable({ write: (_chunk, _encoding, done) => done() });
    },
  });
  try {
    args = typeof argv === 'function' ? argv(program) : argv;
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      // Commander has told the person what is wrong.
      const hint = otherWord(error, args);
      if (hint !== undefined) io.stderr.write(`hint: ${hint}\n`);
      if (wantsJson(args)) writeJson(io, errorAsData(usageError(error, hint)));
      return 2;
    }
    if (io.signal.aborted && error === io.signal.reason) {
      io.stderr.write('error: interrupted\n');
      return failure;
    }
    if (wantsJson(args)) writeJson(io, errorAsData(error));
    io.stderr.write(describeError(error, args.includes('--verbose')));
    return exitCodeOf(error, failure);
  }
}

/**
 * What every command of a tree shares: output to the given world, errors thrown instead of exits, suggestions, `--quiet` and
 * `--verbose`.
 */
export function configure(command: Command, context: CommandContext): Command {
  const { io } = context;
  command
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureHelp({ minWidthToWrap: 20 })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
    });
  for (const child of command.commands) configure(child, context);
  // What all commands have goes last where a command groups its options.
  if (command.options.some(({ helpGroupHeading }) => helpGroupHeading !== undefined)) command.optionsGroup('General:');
  command.helpOption('-h, --help', 'print this help');
  if (command.commands.length === 0) addVolume(command, context);
  return command;
}

/** `--quiet` and `--verbose` for a command that does not have them already. */
function addVolume(command: Command, context: CommandContext): void {
  if (command.options.some(({ long }) => long === '--quiet')) return;
  command
    .option('-q, --quiet', 'print nothing but warnings and errors, and what --json asks for')
    .option('--verbose', 'print the stack of an error')
    .hook('preAction', () => {
      const { quiet, json } = command.opts<{ quiet?: true; json?: true }>();
      if (quiet && !json) context.silence();
    });
}
