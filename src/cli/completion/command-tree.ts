import type { Command } from 'commander';

export interface CommandNode {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionNode[];
  /** What the first positional argument may be, where that is a fixed list. */
  readonly choices: readonly string[];
  readonly commands: readonly CommandNode[];
}

export interface OptionNode {
  /** As typed, dashes included: `--format`, `-f`. */
  readonly names: readonly string[];
  readonly description: string;
  /** True when a value follows. */
  readonly takesValue: boolean;
  /** The values it may take, where that is a fixed list. */
  readonly choices: readonly string[];
}

/** What a shell needs to know about a command and those below it; hidden ones are left out. */
export function commandTree(command: Command): CommandNode {
  const help = command.createHelp();
  return {
    name: command.name(),
    description: command.summary() || command.description(),
    options: help.visibleOptions(command).map((option) => ({
      names: [option.long, option.short].filter((name) => name !== undefined && name !== null),
      description: option.description,
      takesValue: option.required || option.optional,
      choices: option.argChoices ?? [],
    })),
    choices: command.registeredArguments[0]?.argChoices ?? [],
    commands: help.visibleCommands(command).map(commandTree),
  };
}

/** A command with the words that lead to it: `['mar', 'completion']`. */
export interface CommandPath {
  readonly words: readonly string[];
  readonly node: CommandNode;
}

/** The command itself and all below it, parents first. */
export function everyCommand(node: CommandNode, above: readonly string[] = []): CommandPath[] {
  const words = [...above, node.name];
  return [{ words, node }, ...node.commands.flatMap((child) => everyCommand(child, words))];
}
