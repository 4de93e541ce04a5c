import { Command, Option } from 'commander';
import {
  type Found,
  init,
  PIXEL_RANGES,
  type PixelRange,
  TEMPLATE_SUMMARIES,
  TEMPLATES,
  type Template,
} from '#index.js';
import { ask } from '../ask.js';
import type { CommandContext, Io } from '../command.js';
import { addExamples } from '../examples.js';
import { argument, DIRECTORIES, option } from '../values.js';

interface Flags {
  template?: Template;
  model?: string;
  modelName?: string;
  labels?: string;
  pixels?: PixelRange;
  force?: true;
  run?: true;
  yes?: true;
  json?: true;
}

/** `mar init [DIR]`: writes the project around a model. */
export function initCommand({ io }: CommandContext): Command {
  const summaries = TEMPLATES.map((name) => `  ${name.padEnd(18)}${TEMPLATE_SUMMARIES[name]}`);
  const command = new Command('init')
    .description(
      'write what is missing around the model or handler in a directory: service, configuration, golden case',
    )
    .addArgument(
      argument('[dir]', 'directory with the model; made with --template when it does not exist', DIRECTORIES).default(
        '.',
      ),
    )
    .addOption(
      new Option(
        '--template <name>',
        'what to write (default: the handler that is there, else what fits the model)',
      ).choices(TEMPLATES),
    )
    .addOption(
      option('--model <file>', 'which of several models answers (default: the one with most weights)', {
        files: ['.onnx'],
      }),
    )
    .option('--model-name <name>', 'name of the model (default: that of the directory)')
    .addOption(
      option('--labels <file>', 'classes, one per line (default: what is found in the directory)', { files: ['.txt'] }),
    )
    .addOption(
      new Option(
        '--pixels <range>',
        'channel values that an image model was trained with (default: imagenet; for detectors 0..1)',
      ).choices(Object.keys(PIXEL_RANGES)),
    )
    .option('-f, --force', 'replace files that exist, keeping a copy (.bak) of each that differs')
    .option('--run', 'also run a handler that was there already, and record its answer as a golden case')
    .option('-y, --yes', 'ask nothing')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', `\nTemplates:\n${summaries.join('\n')}`)
    .action(async (directory: string, { yes, json, ...options }: Flags) => {
      const { foundReport, initReport } = await import('#report/init.js');
      let found: Found | undefined;
      const result = await init({
        ...options,
        directory,
        cwd: io.cwd,
        signal: io.signal,
        onFound: (survey) => {
          found = survey;
          if (!json) io.stdout.write(foundReport(survey));
        },
        ...(!yes && hasTerminal(io) && { ask: (question) => ask(question, io) }),
      });
      const { jsonReport } = await import('#report/json.js');
      io.stdout.write(json ? jsonReport(result) : initReport(result, io.cwd, found));
    });
  return addExamples(command, [
    ['mar init', 'write a project around the model in this directory'],
    ['mar init --template python-service --yes prices', 'a new project in the folder prices, without questions'],
  ]);
}

function hasTerminal({ stdin, stderr }: Io): boolean {
  return 'isTTY' in stdin && stdin.isTTY === true && stderr.isTTY === true;
}
