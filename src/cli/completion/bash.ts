import { type CommandNode, everyCommand } from './command-tree.js';

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** A `case` with one branch for each line; nothing when there is no line. */
function select(subject: string, branches: readonly string[]): string[] {
  return branches.length ? [`  case ${subject} in`, ...branches.map((branch) => `    ${branch}`), '  esac'] : [];
}

/**
 * A completion script for bash 3.2 and later. An empty answer leaves the word to bash, which completes file names.
 */
export function bashCompletion(root: CommandNode): string {
  const all = everyCommand(root);
  const at = (words: readonly string[]) => quote(words.join(' '));
  const deeper = all.slice(1).map(({ words }) => at(words));
  const values = all.flatMap(({ words, node }) =>
    node.options
      .filter((option) => option.takesValue)
      .map((option) => {
        const names = option.names.map((name) => at([...words, name])).join(' | ');
        return `${names}) words=${quote(option.choices.join(' '))} ;;`;
      }),
  );
  const options = all.map(
    ({ words, node }) => `${at(words)}) words=${quote(node.options.flatMap(({ names }) => names).join(' '))} ;;`,
  );
  const next = all.flatMap(({ words, node }) => {
    const names = [...node.commands.map(({ name }) => name), ...node.choices];
    return names.length ? [`${at(words)}) words=${quote(names.join(' '))} ;;`] : [];
  });
  const name = `_${root.name.replaceAll('-', '_')}`;
  return [
    `# Completion of ${root.name} for bash: eval "$(mar completion bash)"`,
    `${name}() {`,
    `  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} path=${root.name} words= found= i`,
    '  # bash splits --flag=value at the equals sign',
    `  if [[ $word == = ]]; then word=; elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD - 2]}; fi`,
    ...(deeper.length
      ? [
          '  for ((i = 1; i < COMP_CWORD; i++)); do',
          `    case "$path \${COMP_WORDS[i]}" in ${deeper.join(' | ')}) path="$path \${COMP_WORDS[i]}" ;; esac`,
          '  done',
        ]
      : []),
    ...select('"$path $previous"', [...values.map((branch) => branch.replace(/;;$/, 'found=1 ;;'))]),
    '  if [[ -z $found && $word == -* ]]; then',
    ...select('$path', options).map((line) => `  ${line}`),
    '  elif [[ -z $found ]]; then',
    ...(next.length ? select('$path', next).map((line) => `  ${line}`) : ['    :']),
    '  fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '}',
    `complete -o default -F ${name} ${root.name}`,
    '',
  ].join('\n');
}
