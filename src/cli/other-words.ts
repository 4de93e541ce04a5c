import type { CommanderError } from 'commander';
import { archiveEnding } from '#index.js';

/** Commands as other tools, and people in a hurry, call them. */
const COMMANDS: Readonly<Record<string, string>> = {
  server: 'serve-local',
  start: 'serve-local',
  run: 'serve-local',
  pack: 'build',
  package: 'build',
  archive: 'build',
  create: 'build',
  new: 'init',
  check: 'validate',
  verify: 'validate',
  lint: 'validate',
  unpack: 'extract',
  unzip: 'extract',
  show: 'inspect',
  info: 'inspect',
  list: 'inspect',
  ls: 'inspect',
  compare: 'diff',
  infer: 'predict',
  explain: 'rules',
};

/** Flags of the real servers' programs and of servers in general, for `serve` and `serve-local`. */
const FLAGS: Readonly<Record<string, string>> = {
  '--inference-port': 'Give the address: --inference-address http://127.0.0.1:PORT, or --port PORT for both.',
  '--management-port': 'Give the address: --management-address http://127.0.0.1:PORT.',
  '--model-path': 'Name the archive or model directory without a flag: mar serve-local model.mar.',
  '--config': 'A configuration file is --mms-config; its keys are in docs/serve-local.md.',
};

const BODY = 'The body goes as it is with --data TEXT, --data @FILE, or --data @- from standard input.';
const METHOD = 'Every request is a POST: leave it out.';

/** Flags of curl, for the commands that send a request. */
const CURL_FLAGS: Readonly<Record<string, string>> = {
  '--data-binary': BODY,
  '--data-raw': BODY,
  '--data-ascii': BODY,
  '-T': 'A file is named without a flag, as the last argument; - is standard input.',
  '--upload-file': 'A file is named without a flag, as the last argument; - is standard input.',
  '--form-string': 'An input of a form is --form NAME=VALUE; put a value that begins with @ or < in double quotes.',
  '-X': METHOD,
  '--request': METHOD,
  '-u': "A login is a header: -H 'Authorization: Basic …'.",
};
const SENDING: readonly string[] = ['predict', 'bench', 'tune'];

/** What to type instead of a command or flag of `argv` that does not exist under that name; undefined where nobody knows. */
export function otherWord({ code, message }: CommanderError, argv: readonly string[]): string | undefined {
  const [, word = ''] = /'([^']*)'/.exec(message) ?? [];
  if (code === 'commander.unknownCommand') {
    const command = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
    if (command !== undefined) return `It is called mar ${command} here.`;
    if (archiveEnding(word) !== undefined || word.includes('/'))
      return `A command comes first, for example: mar validate ${word}`;
  }
  if (code === 'commander.unknownOption') {
    const [command = ''] = argv;
    const flags = SENDING.includes(command) ? CURL_FLAGS : command.startsWith('serve') ? FLAGS : {};
    const [flag = ''] = word.split('=');
    return Object.hasOwn(flags, flag) ? flags[flag] : undefined;
  }
  return undefined;
}
