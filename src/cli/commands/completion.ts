import { Argument, Command } from 'commander';
import { rules } from '#index.js';
import type { CommandContext } from '../command.js';
import type { CommandNode } from '../completion/command-tree.js';
import { addExamples } from '../examples.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const WRITERS: Record<Shell, () => Promise<(root: CommandNode) => string>> = {
  bash: async () => (await import('../completion/bash.js')).bashCompletion,
  zsh: async () => (await import('../completion/zsh.js')).zshCompletion,
  fish: async () => (await import('../completion/fish.js')).fishCompletion,
};

/** `mar completion SHELL`: a script for the shell that completes both programs, generated from their command trees. */
export function completionCommand(context: CommandContext): Command {
  const { io } = context;
  const command = new Command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'the shell that will read it').choices(SHELLS))
    .option('--json', 'print the command trees that the script is made from')
    .action(async (shell: Shell, options: { json?: true }) => {
      const { commandTree } = await import('../completion/command-tree.js');
      const { createModelArchiver } = await import('../model-archiver.js');
      const names = (await rules()).map(({ name }) => name);
      const programs = [command.parent ?? command, createModelArchiver(context)];
      const trees = programs.map((program) => commandTree(program, names));
      const { jsonReport } = await import('#report/json.js');
      const write = await WRITERS[shell]();
      io.stdout.write(options.json ? jsonReport(trees) : trees.map(write).join('\n'));
    });
  return addExamples(command, [
    ['eval "$(mar completion bash)"', 'in ~/.bashrc'],
    ['source <(mar completion zsh)', 'in ~/.zshrc, behind compinit'],
    ['mar completion fish > ~/.config/fish/completions/mar.fish', 'once'],
  ]);
}
