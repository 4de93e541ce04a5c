import { anyArgument, type CommandNode, type CommandPath, everyCommand, type ValueNode } from './command-tree.js';

const quote = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;

/** When a line applies: its command was typed, and none of the commands below it. */
function condition({ words, node }: CommandPath): string {
  const [, ...typed] = words;
  const seen = typed.map((word) => `__fish_seen_subcommand_from ${word}`);
  const below = node.commands.map(({ name }) => name);
  if (below.length) seen.push(`not __fish_seen_subcommand_from ${below.join(' ')}`);
  return seen.length ? ` -n ${quote(seen.join('; and '))}` : '';
}

/** `-a` with what may stand there; fish itself offers any file where nothing is said. */
function offered(program: string, { words, files, directories }: ValueNode): string {
  const anyFile = files !== undefined && files.length === 0;
  // Every directory is offered where files are meant: they may lie below it.
  const endings = anyFile ? [] : [...(files ?? []), ...(files || directories ? ['/'] : [])];
  const pattern = endings.map((ending) => ending.replaceAll('.', '\\.')).join('|');
  const all = [...words, ...(pattern === '' ? [] : [`(${filesFunction(program)} "${pattern}")`])];
  const list = all.length > 0 ? ` -a ${quote(all.join(' '))}` : '';
  return anyFile ? list : ` -f${list}`;
}

const filesFunction = (program: string) => `__${program.replaceAll('-', '_')}_files`;

function commandLines(program: string, path: CommandPath): string[] {
  const start = `complete -c ${program}${condition(path)}`;
  const { node } = path;
  const options = node.options.map((option) => {
    const names = option.names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
    const value = option.value ? ` -r${offered(program, option.value)}` : '';
    return `${start} ${names.join(' ')}${value} -d ${quote(option.description)}`;
  });
  const commands = node.commands.map((child) => `${start} -f -a ${child.name} -d ${quote(child.description)}`);
  const value = anyArgument(node);
  const offer = value && offered(program, value);
  return [...options, ...commands, ...(offer ? [`${start}${offer}`] : [])];
}

/** A completion script for fish 3. */
export function fishCompletion(root: CommandNode): string {
  return [
    `# Completion of ${root.name} for fish: mar completion fish | source`,
    `function ${filesFunction(root.name)}`,
    `    complete -C "'' "(commandline -ct) | string match -r ".*(?:$argv[1])(?:\\t.*)?\\$"`,
    'end',
    ...everyCommand(root).flatMap((path) => commandLines(root.name, path)),
    '',
  ].join('\n');
}
