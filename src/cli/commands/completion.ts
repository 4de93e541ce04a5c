import { Argument, Command } from 'commander';
import type { CommandContext } from '../command.js';
import type { CommandNode } from '../completion/command-tree.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const WRITERS: Record<Shell, () => Promise<(root: CommandNode) => string>> = {
  bash: async () => (await import('../completion/bash.js')).bashCompletion,
  zsh: async () => (await import('../completion/zsh.js')).zshCompletion,
  fish: async () => (await import('../completion/fish.js')).fishCompletion,
};

/** `mar completion SHELL`: a script for the shell, generated from the command tree that this command is part of. */
export function completionCommand({ io }: CommandContext): Command {
  const command = new Command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'the shell that will read it').choices(SHELLS))
    .option('--json', 'print the command tree that the script is made from')
    .addHelpText('after', '\nExample: add `eval "$(mar completion bash)"` to ~/.bashrc')
    .action(async (shell: Shell, options: { json?: true }) => {
      const { commandTree } = await import('../completion/command-tree.js');
      const root = commandTree(command.parent ?? command);
      const { jsonReport } = await import('#report/json.js');
      io.stdout.write(options.json ? jsonReport(root) : (await WRITERS[shell]())(root));
    });
  return command;
}
