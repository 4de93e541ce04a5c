import { type CommandNode, everyCommand, type OptionNode } from './command-tree.js';

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
/** Colons and brackets end a field of an `_arguments` specification. */
const field = (text: string) => text.replace(/[[\]:\\]/g, '\\$&');

function optionSpecs(option: OptionNode): string[] {
  const value = option.choices.length ? `:value:(${option.choices.join(' ')})` : ':value:_files';
  const together = option.names.length > 1 ? `(${option.names.join(' ')})` : '';
  return option.names.map((name) =>
    quote(`${together}${name}[${field(option.description)}]${option.takesValue ? value : ''}`),
  );
}

function commandFunction(name: string, node: CommandNode): string[] {
  const options = node.options.flatMap(optionSpecs);
  if (node.commands.length === 0) {
    const first = node.choices.length ? [quote(`1:argument:(${node.choices.join(' ')})`)] : [];
    return [`${name}() {`, `  _arguments ${[...options, ...first, "'*:file:_files'"].join(' \\\n    ')}`, '}'];
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
