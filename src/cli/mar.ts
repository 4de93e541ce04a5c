import { Command } from 'commander';
import { VERSION } from '#version.js';
import type { CommandContext, Io } from './command.js';
import { buildCommand } from './commands/build.js';
import { completionCommand } from './commands/completion.js';
import { diffCommand } from './commands/diff.js';
import { extractCommand } from './commands/extract.js';
import { initCommand } from './commands/init.js';
import { inspectCommand } from './commands/inspect.js';
import { predictCommand } from './commands/predict.js';
import { rulesCommand } from './commands/rules.js';
import { serveLocalCommand } from './commands/serve-local.js';
import { testCommand } from './commands/test.js';
import { validateCommand } from './commands/validate.js';
import { configure, runProgram } from './run.js';

function createMar(context: CommandContext): Command {
  const program = new Command('mar')
    .description('Package, validate, serve and inspect model archives (.mar)')
    .version(VERSION, '-V, --version', 'print the version')
    .enablePositionalOptions()
    .addCommand(initCommand(context))
    .addCommand(buildCommand(context))
    .addCommand(inspectCommand(context))
    .addCommand(extractCommand(context))
    .addCommand(diffCommand(context))
    .addCommand(serveLocalCommand(context))
    .addCommand(validateCommand(context))
    .addCommand(rulesCommand(context))
    .addCommand(predictCommand(context))
    .addCommand(testCommand(context))
    .addCommand(completionCommand(context));
  return configure(program, context);
}

/** The `mar` command tree: arguments without node and script name in, exit code out. */
export function mar(argv: readonly string[], io: Io): Promise<number> {
  return runProgram(createMar, argv, io, 2);
}
