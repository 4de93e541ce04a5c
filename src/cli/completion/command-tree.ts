import type { Argument, Command, Option } from 'commander';
import { valuesOf } from '../values.js';

export interface CommandNode {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionNode[];
  readonly arguments: readonly ArgumentNode[];
  readonly commands: readonly CommandNode[];
}

/** What may stand in a place. With nothing known, any file may. */
export interface ValueNode {
  /** Fixed words, where there are such. */
  readonly words: readonly string[];
  /** Endings of the files that are meant, each with its dot; an empty list stands for any file, undefined for no file. */
  readonly files?: readonly string[];
  readonly directories: boolean;
}

export interface OptionNode {
  /** As typed, dashes included: `--format`, `-f`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Absent where no value follows. */
  readonly value?: ValueNode;
}

export interface ArgumentNode extends ValueNode {
  readonly name: string;
  /** True for the last one where it may be repeated. */
  readonly variadic: boolean;
}

/** What a shell needs to know about a command and those below it; hidden ones are left out. `rules` are the names of the validator's. */
export function commandTree(command: Command, rules: readonly string[]): CommandNode {
  const help = command.createHelp();
  return {
    name: command.name(),
    description: command.summary() || command.description(),
    options: help.visibleOptions(command).map((option) => ({
      names: [option.long, option.short].filter((name) => name !== undefined && name !== null),
      description: option.description,
      ...((option.required || option.optional) && { value: valueNode(option, rules) }),
    })),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      variadic: argument.variadic,
      ...valueNode(argument, rules),
    })),
    commands: help.visibleCommands(command).map((child) => commandTree(child, rules)),
  };
}

function valueNode(of: Option | Argument, names: readonly string[]): ValueNode {
  const { words = [], files, directories = false, rules } = valuesOf(of);
  const all = [...words, ...(rules ? names : [])];
  const nothing = all.length === 0 && !directories && files === undefined;
  const kinds = nothing ? [] : files;
  return { words: all, directories, ...(kinds !== undefined && { files: kinds }) };
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

/** What may stand in the place of any argument, for shells that do not count them: of different kinds, any file. Undefined without arguments. */
export function anyArgument({ arguments: all }: CommandNode): ValueNode | undefined {
  const [first] = all;
  if (first === undefined) return undefined;
  const kind = ({ words, files, directories }: ValueNode): string =>
    JSON.stringify([words, files ?? null, directories]);
  if (all.every((other) => kind(other) === kind(first))) return first;
  return { words: [], files: [], directories: true };
}
