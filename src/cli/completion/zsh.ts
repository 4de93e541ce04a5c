import { type ArgumentNode, type CommandNode, everyCommand, type OptionNode, type ValueNode } from './command-tree.js';

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
/** Colons and brackets end a field of an `_arguments` specification. */
const field = (text: string) => text.replace(/[[\]:\\]/g, '\\$&');

/** The action of an `_arguments` specification. */
function action({ words, files, directories }: ValueNode): string {
  const patterns = (files ?? []).map((ending) => `*${ending}`);
  const kinds = [
    ...(words.length > 0 ? [`'words:word:(${words.join(' ')})'`] : []),
    ...(files && patterns.length === 0 ? ["'files:file:_files'"] : []),
    ...(patterns.length > 0 ? [`'files:file:_files -g "${patterns.join(' ')}"'`] : []),
    ...(directories && files === undefined ? ["'folders:directory:_files -/'"] : []),
  ];
  // A bare colon would end the action.
  if (kinds.length > 1) return `_alternative ${kinds.join(' ').replaceAll(':', '\\:')}`;
  if (words.length > 0) return `(${words.join(' ')})`;
  if (patterns.length > 0) return `_files -g "${patterns.join(' ')}"`;
  return directories && files === undefined ? '_files -/' : '_files';
}

function optionSpecs({ names, description, value }: OptionNode): string[] {
  const follows = value ? `:value:${action(value)}` : '';
  const together = names.length > 1 ? `(${names.join(' ')})` : '';
  return names.map((name) => quote(`${together}${name}[${field(description)}]${follows}`));
}

function argumentSpecs(all: readonly ArgumentNode[]): string[] {
  return all.map((argument, index) =>
    quote(`${argument.variadic ? '*' : index + 1}:${argument.name}:${action(argument)}`),
  );
}

function commandFunction(name: string, node: CommandNode): string[] {
  const options = node.options.flatMap(optionSpecs);
  if (node.commands.length === 0) {
    const specs = [...options, ...argumentSpecs(node.arguments)];
    return [`${name}() {`, `  _arguments ${specs.join(' \\\n    ')}`, '}'];
  }
  const described = node.commands.map((child) => quote(`${field(child.name)}:${child.description}`));
  const branches = node.commands.map((child) => `      ${child.name}) ${name}_${child.name.replaceAll('-', '_')} ;;`);
  return [
    `${name}() {`,
    '  local context state state_descr line',
    '  typeset -A opt_args',
    `  _arguments -C ${[...options, "'1: :->command'", "'*:: :->rest'"].join(' \\\n    ')}`,
    '  case $state in',
    `    command) local -a commands=(${described.join(' ')}); _describe command commands ;;`,
    '    rest) case $words[1] in',
    ...branches,
    '    esac ;;',
    '  esac',
    '}',
  ];
}

/** A completion script for zsh: works when it is sourced after `compinit`, and as a file `_NAME` on the `fpath`. */
export function zshCompletion(root: CommandNode): string {
  const nameOf = (words: readonly string[]) => `_${words.join('_').replaceAll('-', '_')}`;
  const main = nameOf([root.name]);
  return [
    `#compdef ${root.name}`,
    `# Completion of ${root.name} for zsh: source <(mar completion zsh)`,
    ...everyCommand(root).flatMap(({ words, node }) => commandFunction(nameOf(words), node)),
    `if [[ $funcstack[1] == ${main} ]]; then ${main} "$@"; else compdef ${main} ${root.name}; fi`,
    '',
  ].join('\n');
}
