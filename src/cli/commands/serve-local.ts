import { Command } from 'commander';
import type { ServeOptions } from '#index.js';
import type { CommandContext, Io } from '../command.js';
import { addExamples } from '../examples.js';
import { archivesHere, onlyArchive } from '../only-archive.js';
import { givenArguments } from '../server/given-arguments.js';
import { printConfig, runServer, saysModels, serverLog } from '../server/run-server.js';
import {
  addAddressOptions,
  addConfigOptions,
  addLogOptions,
  addModelOptions,
  type ServerFlags,
} from '../server/server-options.js';
import { noteServer, startInBackground, stopServer } from '../server/server-process.js';
import { packedIfSources } from '../server/source-directory.js';
import { ARCHIVES, argument, DIRECTORIES, option } from '../values.js';
import { wholeNumber } from '../whole-number.js';

interface Flags extends ServerFlags {
  readonly start?: true;
  readonly stop?: true;
  readonly foreground?: true;
  readonly tsConfig?: string;
  readonly logConfig?: string;
  readonly workflowStore?: string;
}

/** `mar serve-local`: Multi Model Server's API on this machine until SIGINT or SIGTERM. */
export function serveLocalCommand({ io, exit }: CommandContext): Command {
  const command = new Command('serve-local')
    .description('serve archives over the API of Multi Model Server, on this machine only unless told otherwise')
    .addArgument(
      argument('[source...]', 'archives, model directories or URLs to load (default: the only .mar here)', ARCHIVES),
    );
  addModelOptions(command)
    .optionsGroup('Elastic Inference, emulated (docs/elastic-inference.md):')
    .option('--accelerators <types>', 'accelerators to emulate: eia1.medium,eia2.large, at most five')
    .option('--accelerator-concurrency <n>', 'calls that each runs at once (default: 1)', wholeNumber());
  addAddressOptions(command);
  addConfigOptions(command)
    .optionsGroup("As the real servers' programs have them (alias torchserve='mar serve-local'):")
    .option('--start', 'run in the background, unless --foreground is given; without it the server runs until Ctrl-C')
    .option('--stop', 'end the server that --start has started, and no other')
    .option('--foreground', 'with --start, run until Ctrl-C')
    .addOption(option('--ts-config <file>', 'the same as --mms-config', { files: ['.properties'] }))
    .option('--ncs, --no-config-snapshots', 'nothing: there are no snapshots')
    .option('--disable-token-auth', 'nothing: there are no tokens')
    .option('--enable-model-api', 'nothing: models can always be managed')
    .addOption(option('--log-config <file>', 'nothing: --log-level and --log-format say what is logged', { files: [] }))
    .addOption(option('--workflow-store <dir>', 'nothing: there are no workflows', DIRECTORIES));
  addLogOptions(command, 'text').action(async (sources: string[], flags: Flags) => {
    if (flags.stop) return stopServer(io);
    if (flags.start && !flags.foreground && !flags.printConfig) {
      return exit(await startInBackground(givenArguments(command), io));
    }
    const forget = flags.start && !flags.printConfig ? noteServer(io) : () => {};
    try {
      const options = await withOnlyArchive(await optionsOf(sources, flags, io), io);
      if (flags.printConfig) return await printConfig(options, flags, io);
      const { addressReport } = await import('#report/serve.js');
      await runServer(options, flags, io, {
        log: await serverLog(flags, io),
        onReady: ({ inferenceUrl, managementUrl, accelerators }) => {
          const urls = { inferenceUrl, managementUrl, ...(accelerators.length > 0 && { accelerators }) };
          io.stdout.write(flags.json ? `${JSON.stringify(urls)}\n` : addressReport(urls));
        },
      });
    } finally {
      forget();
    }
  });
  return addExamples(command, [
    ['mar serve-local resnet-152.mar --port 9000', 'one model; then POST http://127.0.0.1:9000/predictions/resnet-152'],
    ['mar serve-local --model-store models --models ALL --workers 1', 'every archive of a folder, a worker each'],
  ]);
}

async function optionsOf(sources: readonly string[], flags: Flags, io: Io): Promise<ServeOptions> {
  const { errorDetail, tsConfig, ...rest } = flags;
  return {
    ...(tsConfig !== undefined && { mmsConfig: tsConfig }),
    ...rest,
    archives: await packedIfSources(sources, io),
    ...(rest.models && { models: await packedIfSources(rest.models, io) }),
    cwd: io.cwd,
    env: io.env,
    ...(errorDetail === false ? { errorDetail } : {}),
  };
}

/** Who says nothing about models means the archive beside him, where there is exactly one. */
async function withOnlyArchive(options: ServeOptions, io: Io): Promise<ServeOptions> {
  if ((await saysModels(options)) || (await archivesHere(io)).length !== 1) return options;
  return { ...options, archives: [await onlyArchive(io, 'serve-local')] };
}
