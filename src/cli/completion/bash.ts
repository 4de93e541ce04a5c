import { anyArgument, type CommandNode, everyCommand, type ValueNode } from './command-tree.js';

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** A `case` with one branch for each line; nothing when there is no line. */
function select(subject: string, branches: readonly string[]): string[] {
  return branches.length ? [`  case ${subject} in`, ...branches.map((branch) => `    ${branch}`), '  esac'] : [];
}

/** What the function is to offer: words, a pattern of files (`*` = any) and whether directories count. */
function offer({ words, files, directories }: ValueNode): string {
  const parts = [`words=${quote(words.join(' '))}`];
  if (files && files.length > 0) parts.push(`files=${quote(`@(${files.map((ending) => `*${ending}`).join('|')})`)}`);
  else if (files) parts.push("files='*'");
  if (directories || files) parts.push('folders=1');
  return parts.join(' ');
}

/** A completion script for bash 3.2 and later. */
export function bashCompletion(root: CommandNode): string {
  const all = everyCommand(root);
  const at = (words: readonly string[]) => quote(words.join(' '));
  const deeper = all.slice(1).map(({ words }) => at(words));
  const values = all.flatMap(({ words, node }) =>
    node.options.flatMap(({ names, value }) => {
      if (!value) return [];
      return [`${names.map((name) => at([...words, name])).join(' | ')}) ${offer(value)} found=1 ;;`];
    }),
  );
  const options = all.map(
    ({ words, node }) => `${at(words)}) words=${quote(node.options.flatMap(({ names }) => names).join(' '))} ;;`,
  );
  const next = all.flatMap(({ words, node }) => {
    const commands = node.commands.map(({ name }) => name);
    const value = anyArgument(node);
    if (commands.length) return [`${at(words)}) words=${quote(commands.join(' '))} ;;`];
    return value ? [`${at(words)}) ${offer(value)} ;;`] : [];
  });
  const name = `_${root.name.replaceAll('-', '_')}`;
  return [
    `# Completion of ${root.name} for bash: eval "$(mar completion bash)"`,
    `${name}() {`,
    `  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} path=${root.name}`,
    "  local words= files= folders= found= i IFS=$' \\t\\n'",
    '  # bash splits --flag=value at the equals sign',
    `  if [[ $word == = ]]; then word=; elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD - 2]}; fi`,
    ...(deeper.length
      ? [
          '  for ((i = 1; i < COMP_CWORD; i++)); do',
          `    case "$path \${COMP_WORDS[i]}" in ${deeper.join(' | ')}) path="$path \${COMP_WORDS[i]}" ;; esac`,
          '  done',
        ]
      : []),
    ...select('"$path $previous"', values),
    '  if [[ -z $found && $word == -* ]]; then',
    ...select('$path', options).map((line) => `  ${line}`),
    '  elif [[ -z $found ]]; then',
    ...(next.length ? select('$path', next).map((line) => `  ${line}`) : ['    :']),
    '  fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '  [[ -z $files && -z $folders ]] && return',
    '  # names may hold blanks, and a directory is completed with its slash',
    "  IFS=$'\\n'",
    '  compopt -o filenames 2> /dev/null',
    '  if [[ -n $files ]]; then',
    '    local had=$(shopt -p extglob); shopt -s extglob; COMPREPLY+=($(compgen -f -X "!$files" -- "$word")); eval "$had"',
    '  fi',
    '  [[ -n $folders && $files != \'*\' ]] && COMPREPLY+=($(compgen -d -- "$word"))',
    '  return 0',
    '}',
    `complete -F ${name} ${root.name}`,
    '',
  ].join('\n');
}
