import type { Command } from 'commander';
import { VERSION } from '#version.js';
import { expandArguments } from './argument-prefixes.js';
import type { CommandContext, Io } from './command.js';
import { buildCommand } from './commands/build.js';
import { configure, runProgram } from './run.js';

/** The command tree of `model-archiver`: one command with the flags of `mar build`. */
export function createModelArchiver(context: CommandContext): Command {
  const program = buildCommand(context, 'model-archiver').version(VERSION, '-V', 'print the version of the archiver');
  return configure(program, context);
}

/** The `model-archiver` program: what both servers' archivers accept, with their exit codes (1 cannot pack, 2 usage). */
export function modelArchiver(argv: readonly string[], io: Io): Promise<number> {
  return runProgram(createModelArchiver, (program) => expandArguments(argv, program.options), io, 1);
}
