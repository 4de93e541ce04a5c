import { Argument, Command, Option } from 'commander';
import { type CommandNode, commandTree } from '../../../src/cli/completion/command-tree.js';

/** A command tree with everything that completion has to deal with: choices, quotes, brackets, nesting, hidden parts. */
export function sampleTree(): CommandNode {
  const program = new Command('mar').description('sample').option('-V, --version', 'print the version');
  program
    .command('build')
    .description("pack a directory: it's [quick]")
    .addOption(
      new Option('-f, --archive-format <format>', "the archive's form").choices(['default', 'tgz', 'no-archive']),
    )
    .option('--model-path <dir>', 'directory [of files]: required')
    .option('--strict', 'be strict')
    .addOption(new Option('--secret', 'not shown').hideHelp());
  program.command('bundle').description('another').option('--force', 'no matter what');
  program.command('completion').addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']));
  program.command('internal', { hidden: true });
  return commandTree(program);
}

/** The command lines that every shell has to complete, and what it must offer (`FILES` = the names in the directory). */
export const cases: readonly { readonly line: string; readonly offers: readonly string[] }[] = [
  { line: 'mar b', offers: ['build', 'bundle'] },
  { line: 'mar comp', offers: ['completion'] },
  { line: 'mar int', offers: [] },
  { line: 'mar completion ', offers: ['bash', 'fish', 'zsh'] },
  { line: 'mar build --s', offers: ['--strict'] },
  { line: 'mar bundle --f', offers: ['--force'] },
  { line: 'mar build --archive-format ', offers: ['default', 'no-archive', 'tgz'] },
  { line: 'mar build -f t', offers: ['tgz'] },
  { line: 'mar build --strict --archive-format n', offers: ['no-archive'] },
  { line: 'mar build --model-path some-', offers: ['some-file'] },
  { line: 'mar bundle some-', offers: ['some-file'] },
];
