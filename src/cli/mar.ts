import { Command } from 'commander';
import { VERSION } from '#version.js';
import type { CommandContext, Io } from './command.js';
import { benchCommand } from './commands/bench.js';
import { buildCommand } from './commands/build.js';
import { completionCommand } from './commands/completion.js';
import { convertCommand } from './commands/convert.js';
import { costCommand } from './commands/cost.js';
import { deployCommand } from './commands/deploy.js';
import { diffCommand } from './commands/diff.js';
import { eiaCommand } from './commands/eia.js';
import { extractCommand } from './commands/extract.js';
import { initCommand } from './commands/init.js';
import { inspectCommand } from './commands/inspect.js';
import { predictCommand } from './commands/predict.js';
import { rulesCommand } from './commands/rules.js';
import { serveCommand } from './commands/serve.js';
import { serveLocalCommand } from './commands/serve-local.js';
import { simulateCommand } from './commands/simulate.js';
import { testCommand } from './commands/test.js';
import { tuneCommand } from './commands/tune.js';
import { validateCommand } from './commands/validate.js';
import { addExamples } from './examples.js';
import { configure, runProgram } from './run.js';

function createMar(context: CommandContext): Command {
  const program = new Command('mar')
    .description('Package, validate, serve and inspect model archives (.mar)')
    .version(VERSION, '-V, --version', 'print the version')
    .enablePositionalOptions()
    .commandsGroup('Make an archive:')
    .addCommand(initCommand(context))
    .addCommand(buildCommand(context))
    .addCommand(convertCommand(context))
    .commandsGroup('Prove it:')
    .addCommand(validateCommand(context))
    .addCommand(testCommand(context))
    .addCommand(rulesCommand(context))
    .commandsGroup('Run it:')
    .addCommand(predictCommand(context))
    .addCommand(serveLocalCommand(context))
    .addCommand(serveCommand(context))
    .addCommand(deployCommand(context))
    .addCommand(benchCommand(context))
    .addCommand(tuneCommand(context))
    .commandsGroup('Look into it:')
    .addCommand(inspectCommand(context))
    .addCommand(extractCommand(context))
    .addCommand(diffCommand(context))
    .commandsGroup('What to rent:')
    .addCommand(simulateCommand(context))
    .addCommand(costCommand(context))
    .addCommand(eiaCommand(context))
    .commandsGroup('This program:')
    .addCommand(completionCommand(context))
    .helpCommand('help [command]', 'print the help of a command');
  addExamples(program, [
    ['mar init && mar build', 'a project around the model in this directory, then its archive'],
    ['mar validate --run resnet-152.mar', 'prove an archive and run its golden cases'],
    ['mar serve-local resnet-152.mar', 'answer requests at http://127.0.0.1:8080/predictions/resnet-152'],
  ]);
  return configure(program, context);
}

/** The `mar` command tree: arguments without node and script name in, exit code out. */
export function mar(argv: readonly string[], io: Io): Promise<number> {
  return runProgram(createMar, argv, io, 2);
}
