import type { Command } from 'commander';

/** Command lines at the end of a command's help, each with what it does: as they can be typed, without the `$`. */
export function addExamples(command: Command, examples: readonly (readonly [line: string, about: string])[]): Command {
  const lines = examples.map(([line, about]) => `  # ${about}\n  $ ${line}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}
