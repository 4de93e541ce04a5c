import { dirname, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { MarError } from '#errors/mar-error.js';
import { loadPackConfig, PACK_FORMATS, type PackConfig, pack } from '#index.js';
import type { CommandContext, Io } from '../command.js';
import { environmentOptions } from '../environment-options.js';
import { progressBar } from '../progress-bar.js';
import { wholeNumber } from '../whole-number.js';

type Flags = PackConfig & { dryRun?: true; json?: true; quiet?: true; verbose?: true; config?: boolean };

/** `mar build` and, under its own name, the whole of `model-archiver`: one set of flags for both. */
export function buildCommand({ io }: CommandContext, name = 'build'): Command {
  const command = new Command(name).description('pack a model directory and its handler into a model archive (.mar)');
  if (name === 'build') command.argument('[dir]', 'the same as --model-path');
  const options = packOptions();
  for (const option of options) command.addOption(option);
  return command.action(async () => {
    const { json, quiet, verbose: _, ...flags } = await mergeOptions(command, options, io);
    const bar = progressBar(io);
    const epoch = sourceDateEpoch(io);
    const result = await pack({
      ...flags,
      modelName: flags.modelName ?? missing('--model-name'),
      cwd: io.cwd,
      signal: io.signal,
      ...(!quiet && io.stderr.isTTY === true && { onProgress: bar.update }),
      ...(epoch !== undefined && { sourceDateEpoch: epoch }),
    }).finally(bar.clear);
    const { buildNotes, buildReport } = await import('#report/build.js');
    io.stderr.write(buildNotes(result));
    if (json) io.stdout.write((await import('#report/json.js')).jsonReport(result));
    else if (!quiet) io.stdout.write(buildReport(result));
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

/** Every flag of both peers' archivers in both spellings, and ours. */
function packOptions(): Option[] {
  return [
    new Option('--model-name <name>', 'name of the model; the archive is NAME.mar'),
    new Option(
      '--model-path <dir>',
      'directory with the model, its handler and everything they need (default: the directory of the handler)',
    ),
    new Option(
      '--handler <reference>',
      'service.ts, service:handle, service.py, or a built-in service: image_classifier, object_detector, text_classifier, tensor',
    ),
    new Option('--export-path <dir>', 'existing directory for the archive (default: the working directory)'),
    new Option('--runtime <runtime>', 'language of the handler (default: follows from it)').choices([
      'python',
      'python2',
      'python3',
      'nodejs',
      'LSP',
    ]),
    new Option(
      '--archive-format <format>',
      PACK_FORMATS.map(({ name, summary }) => `${name} ${summary}`).join(', '),
    ).choices(PACK_FORMATS.map(({ name }) => name)),
    new Option('-f, --force', 'replace an archive that exists'),
    new Option('-v, --version <version>', 'version of the model'),
    new Option('--serialized-file <file>', 'weights to pack, without --model-path and with --version'),
    new Option('--model-file <file>', 'Python file with the architecture of the model'),
    new Option(
      '--extra-files <list>',
      'files, directories and patterns to add, separated by commas; DIR keeps its name, DIR/ does not',
    ),
    new Option('-r, --requirements-file <file>', 'requirements.txt of the model'),
    new Option('--config-file <file>', 'model-config.yaml of the model (short: -c FILE)'),
    new Option('-c, --convert', 'bring a 0.4 model directory or .model file up to date'),
    new Option('--accelerator <type>', 'Elastic Inference accelerator: eia1.medium … eia2.xlarge'),
    new Option('--accelerator-count <number>', 'accelerators, 1 to 5').argParser(wholeNumber()),
    new Option('--model-context <device>', 'where the model runs: eia, eia:N, gpu:N or cpu'),
    new Option('--data-context <device>', 'where the inputs are: cpu'),
    new Option('--accelerator-fallback <device>', 'where the accelerator is absent: run on the cpu, or fail').choices([
      'cpu',
      'fail',
    ]),
    new Option('--strict', 'type errors in the handler stop the build'),
    new Option('--compression <how>', 'auto stores weights and what does not shrink (default: auto)').choices([
      'auto',
      'store',
      'deflate',
    ]),
    new Option('--exclude <pattern>', 'leave out, in the grammar of .gitignore (repeatable)').argParser(
      (pattern, all: string[] = []) => [...all, pattern],
    ),
    new Option('--allow-secrets', 'pack credentials that were found instead of stopping'),
    new Option('--no-record', "write only the peers' fields into the manifest: no digests, no provided modules"),
    new Option('--no-config', 'read no mar.config.{ts,mjs,json} and no package.json#mar'),
    new Option('--dry-run', 'list entries, sizes and digests and write nothing'),
    new Option('--json', 'print the result as JSON'),
    new Option('-q, --quiet', 'print nothing but warnings and errors'),
    new Option('--verbose', 'print the stack of an error'),
  ];
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
