import { dirname, resolve } from 'node:path';
import { Command, type Option } from 'commander';
import { MarError } from '#errors/mar-error.js';
import { loadPackConfig, type PackConfig, pack, record } from '#index.js';
import type { CommandContext, Io } from '../command.js';
import { environmentOptions } from '../environment-options.js';
import { addExamples } from '../examples.js';
import { packOptions } from '../pack-options.js';
import { progressBar } from '../progress-bar.js';
import { argument, DIRECTORIES, option } from '../values.js';

type Flags = Omit<PackConfig, 'record'> & {
  record?: boolean | string[];
  dryRun?: true;
  json?: true;
  quiet?: true;
  verbose?: true;
  config?: boolean;
};

/** `mar build` and, under its own name, the whole of `model-archiver`: one set of flags for both. */
export function buildCommand({ io }: CommandContext, name = 'build'): Command {
  const command = new Command(name).description('pack a model directory and its handler into a model archive (.mar)');
  if (name === 'build') command.addArgument(argument('[dir]', 'the same as --model-path', DIRECTORIES));
  const options = packOptions();
  if (name === 'build') command.addOption(recordOption());
  for (const option of options) command.addOption(option);
  addExamples(command, [
    [
      `${name === 'build' ? 'mar build' : name} --model-name resnet-152 --handler model/service.ts`,
      'the directory model with its handler into resnet-152.mar',
    ],
    [
      `${name === 'build' ? 'mar build model' : `${name} --model-path model`} --dry-run`,
      'what mar.config.json in the directory says: list what would be packed',
    ],
  ]);
  return command.action(async () => {
    const { json, quiet, verbose: _, record: recording, ...flags } = await mergeOptions(command, options, io);
    const bar = progressBar(io);
    const epoch = sourceDateEpoch(io);
    const packed = {
      ...flags,
      modelName: flags.modelName ?? missing('--model-name'),
      cwd: io.cwd,
      signal: io.signal,
    };
    if (Array.isArray(recording) && flags.dryRun) throw recordsNothing();
    const recorded = Array.isArray(recording) ? await record(packed, recording) : [];
    const result = await pack({
      ...packed,
      ...(typeof recording === 'boolean' && { record: recording }),
      ...(!quiet && io.stderr.isTTY === true && { onProgress: bar.update }),
      ...(epoch !== undefined && { sourceDateEpoch: epoch }),
    }).finally(bar.clear);
    const { buildNotes, buildReport } = await import('#report/build.js');
    io.stderr.write(buildNotes(result));
    const whole = recorded.length === 0 ? result : { ...result, recorded };
    if (json) io.stdout.write((await import('#report/json.js')).jsonReport(whole));
    else if (!quiet) io.stdout.write(buildReport(result));
    // Never silently: these are files of the author.
    if (recorded.length > 0) io.stderr.write((await import('#report/recorded.js')).recordedReport(recorded));
  });
}

/** Flags over environment over configuration file. A configuration is looked for here, then in the model directory. */
async function mergeOptions(command: Command, options: readonly Option[], io: Io): Promise<Flags> {
  const given = command.opts();
  const flags: Flags = Object.fromEntries(
    Object.entries(given).filter(([key]) => command.getOptionValueSource(key) === 'cli'),
  );
  const [directory] = command.args;
  if (directory !== undefined && flags.modelPath !== undefined) throw twoDirectories(directory, flags.modelPath);
  const merged: Flags = {
    ...environmentOptions(options, io.env),
    ...(directory !== undefined && { modelPath: directory }),
    ...flags,
  };
  const { config, ...rest } = merged;
  if (config === false) return rest;
  const places = [io.cwd, resolve(io.cwd, merged.modelPath ?? handlerFolder(merged))];
  return { ...(await loadPackConfig(places)), ...rest };
}

/** Where the handler lies, which is the model directory when nothing says otherwise. */
function handlerFolder({ handler, version, serializedFile }: Flags): string {
  return handler === undefined || version !== undefined || serializedFile !== undefined ? '.' : dirname(handler);
}

function recordOption(): Option {
  return option(
    '--record <inputs...>',
    'ask the model these files first, and write what it answers into the model directory as golden cases',
    { files: [] },
  ).helpGroup('What is packed:');
}

function recordsNothing(): MarError {
  return new MarError('--record writes golden cases, and --dry-run writes nothing.', {
    code: 'ERR_USAGE',
    hint: 'Leave one of them out.',
  });
}

function twoDirectories(one: string, other: string): MarError {
  return new MarError(`The model directory is given twice: ${one} and --model-path ${other}.`, {
    code: 'ERR_FLAG_REPEATED',
  });
}

function sourceDateEpoch(io: Io): number | undefined {
  const text = io.env['SOURCE_DATE_EPOCH'];
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new MarError(`SOURCE_DATE_EPOCH is '${text}'; expected seconds since 1970.`, {
    code: 'ERR_SOURCE_DATE_EPOCH',
  });
}

function missing(flag: string): never {
  throw new MarError(`${flag} is missing.`, {
    code: 'ERR_FLAG_REQUIRED',
  });
}
