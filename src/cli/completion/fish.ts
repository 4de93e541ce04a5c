import { type CommandNode, type CommandPath, everyCommand } from './command-tree.js';

const quote = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;

/** When a line applies: its command was typed, and none of the commands below it. */
function condition({ words, node }: CommandPath): string {
  const [, ...typed] = words;
  const seen = typed.map((word) => `__fish_seen_subcommand_from ${word}`);
  const below = node.commands.map(({ name }) => name);
  if (below.length) seen.push(`not __fish_seen_subcommand_from ${below.join(' ')}`);
  return seen.length ? ` -n ${quote(seen.join('; and '))}` : '';
}

function commandLines(program: string, path: CommandPath): string[] {
  const start = `complete -c ${program}${condition(path)}`;
  const { node } = path;
  const options = node.options.map((option) => {
    const names = option.names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
    const value = option.choices.length ? ` -x -a ${quote(option.choices.join(' '))}` : option.takesValue ? ' -r' : '';
    return `${start} ${names.join(' ')}${value} -d ${quote(option.description)}`;
  });
  const commands = node.commands.map((child) => `${start} -f -a ${child.name} -d ${quote(child.description)}`);
  const choices = node.choices.length ? [`${start} -f -a ${quote(node.choices.join(' '))}`] : [];
  return [...options, ...commands, ...choices];
}

/** A completion script for fish 3. */
export function fishCompletion(root: CommandNode): string {
  return [
    `# Completion of ${root.name} for fish: mar completion fish | source`,
    ...everyCommand(root).flatMap((path) => commandLines(root.name, path)),
    '',
  ].join('\n');
}
