import { Argument, Command, Option } from 'commander';
import { type CommandNode, commandTree } from '../../../src/cli/completion/command-tree.js';
import { argument, option } from '../../../src/cli/values.js';

/** The names in the directory that the shells complete in; a folder ends in a slash. */
export const FILES = ['a.json', 'a.mar', 'a.tar.gz', 'a.ts', 'a.yaml', 'dir/', 'some-file', 'with blank.mar'];

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
  program
    .command('bundle')
    .description('another')
    .option('--force', 'no matter what')
    .addOption(option('--config <file>', 'options', { files: ['.json', '.yaml'] }))
    .addOption(option('--store <dir>', 'a folder', { directories: true }))
    .addOption(option('--handler <reference>', 'code or a name', { words: ['tensor'], files: ['.ts'] }))
    .addOption(option('--ignore <rule>', 'a rule', { rules: true }))
    .addArgument(argument('<archive...>', 'archives', { files: ['.mar', '.tar.gz'], directories: true }));
  program
    .command('predict')
    .addArgument(argument('<archive>', 'an archive', { files: ['.mar'] }))
    .addArgument(argument('<input>', 'any file', { files: [] }));
  program.command('completion').addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']));
  program.command('internal', { hidden: true });
  return commandTree(program, ['handler-arity', 'windows-name']);
}

/** The command lines that every shell has to complete, and what it must offer. */
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
  { line: 'mar build --model-path a', offers: ['a.json', 'a.mar', 'a.tar.gz', 'a.ts', 'a.yaml'] },
  { line: 'mar bundle --config ', offers: ['a.json', 'a.yaml', 'dir'] },
  { line: 'mar bundle --store ', offers: ['dir'] },
  { line: 'mar bundle --handler t', offers: ['tensor'] },
  { line: 'mar bundle --ignore w', offers: ['windows-name'] },
  { line: 'mar bundle ', offers: ['a.mar', 'a.tar.gz', 'dir', 'with blank.mar'] },
  { line: 'mar bundle --force a.mar ', offers: ['a.mar', 'a.tar.gz', 'dir', 'with blank.mar'] },
  { line: 'mar predict a.mar some-', offers: ['some-file'] },
];
