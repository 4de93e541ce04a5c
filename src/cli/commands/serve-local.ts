import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { type LogEvent, type ServeOptions, serve, serveConfig } from '#index.js';
import { printableLine } from '#printable.js';
import type { CommandContext, Io } from '../command.js';
import { addExamples } from '../examples.js';
import { LOG_LEVELS, logWriter } from '../log-writer.js';
import { archivesHere, onlyArchive } from '../only-archive.js';
import { withReadBar } from '../progress-bar.js';
import { givenArguments } from '../server/given-arguments.js';
import { noteServer, startInBackground, stopServer } from '../server/server-process.js';
import { packedIfSources } from '../server/source-directory.js';
import { ARCHIVES, argument, DIRECTORIES, option } from '../values.js';
import { wholeNumber } from '../whole-number.js';

interface Flags extends ServeOptions {
  readonly logFormat: 'text' | 'json';
  readonly logLevel: LogEvent['level'];
  readonly printConfig?: true;
  readonly json?: true;
  readonly quiet?: true;
  readonly start?: true;
  readonly stop?: true;
  readonly foreground?: true;
  readonly untilStdinEnds?: true;
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
    )
    .optionsGroup('Models:')
    .addOption(
      option(
        '--models <name=source...>',
        'models to load under a name: a path, a URL or a name in the model store; ALL',
        ARCHIVES,
      ),
    )
    .addOption(option('--model-store <dir>', 'folder of archives that registrations may name', DIRECTORIES))
    .option(
      '--source-header <header...>',
      "'Name: value' for downloads, to the hosts of the given URLs only; logins also come from a netrc",
    )
    .option('--workers <n>', 'workers per model (default: one per processor)', wholeNumber())
    .option('--max-workers <n>', 'workers that a model may be scaled to (default: four per processor)', wholeNumber())
    .option('--threads <n>', 'threads of each worker, its OMP_NUM_THREADS (default: 1)', wholeNumber())
    .addOption(option('--python <path>', 'Python interpreter for Python archives', { files: [] }))
    .option('--install-requirements', 'install the requirements of Python archives into cached environments')
    .option(
      '--sandbox',
      'run workers in Linux namespaces: no network, no writing but temporary files, no survivors; refused where there are none',
    )
    .option('--sandbox-env <name...>', 'environment variables that workers in a sandbox get besides PATH and its kind')
    .optionsGroup('Elastic Inference, emulated (docs/elastic-inference.md):')
    .option('--accelerators <types>', 'accelerators to emulate: eia1.medium,eia2.large, at most five')
    .option('--accelerator-concurrency <n>', 'calls that each runs at once (default: 1)', wholeNumber())
    .optionsGroup('Addresses:')
    .option(
      '--port <n>',
      'port of the inference API on this machine, the next one for management (default: 8080)',
      wholeNumber(),
    )
    .option('--inference-address <address>', 'default http://127.0.0.1:8080; port 0 takes a free one')
    .option('--management-address <address>', 'default http://127.0.0.1:8081')
    .option('--until-stdin-ends', 'stop when standard input ends too, as with the program that has started it')
    .optionsGroup('Configuration:')
    .addOption(
      option('--mms-config <file>', 'a config.properties (default: MMS_CONFIG_FILE or ./config.properties)', {
        files: ['.properties'],
      }),
    )
    .option('--print-config', 'print every setting with its value and origin, and stop')
    .optionsGroup("As the real servers' programs have them (alias torchserve='mar serve-local'):")
    .option('--start', 'run in the background, unless --foreground is given; without it the server runs until Ctrl-C')
    .option('--stop', 'end the server that --start has started, and no other')
    .option('--foreground', 'with --start, run until Ctrl-C')
    .addOption(option('--ts-config <file>', 'the same as --mms-config', { files: ['.properties'] }))
    .option('--ncs, --no-config-snapshots', 'nothing: there are no snapshots')
    .option('--disable-token-auth', 'nothing: there are no tokens')
    .option('--enable-model-api', 'nothing: models can always be managed')
    .addOption(option('--log-config <file>', 'nothing: --log-level and --log-format say what is logged', { files: [] }))
    .addOption(option('--workflow-store <dir>', 'nothing: there are no workflows', DIRECTORIES))
    .optionsGroup('What is told:')
    .option('--no-error-detail', 'answer failures with one sentence, without their cause')
    .option('--access-log', 'log a line for each request')
    .option('--server-timing', 'say in each answer how long it waited and ran, and the size of its batch')
    .addOption(
      new Option(
        '--log-level <level>',
        'least grave events that are logged; debug also has the mistakes of clients (4xx)',
      )
        .choices(LOG_LEVELS)
        .default('info'),
    )
    .addOption(
      new Option('--log-format <format>', 'lines for people or JSON').choices(['text', 'json']).default('text'),
    )
    .option('--json', 'print addresses and settings as JSON')
    .action(async (sources: string[], flags: Flags) => {
      if (flags.stop) return stopServer(io);
      if (flags.start && !flags.foreground && !flags.printConfig) {
        return exit(await startInBackground(givenArguments(command), io));
      }
      const forget = flags.start && !flags.printConfig ? noteServer(io) : () => {};
      const report = await import('#report/serve.js');
      const { errorDetail, tsConfig, ...rest } = flags;
      const given: ServeOptions = {
        ...(tsConfig !== undefined && { mmsConfig: tsConfig }),
        ...rest,
        archives: await packedIfSources(sources, io),
        ...(rest.models && { models: await packedIfSources(rest.models, io) }),
        cwd: io.cwd,
        env: io.env,
        ...(errorDetail === false ? { errorDetail } : {}),
      };
      const options = await withOnlyArchive(given, io);
      if (flags.printConfig) {
        const { values, warnings } = await serveConfig(options);
        const { jsonReport } = await import('#report/json.js');
        io.stdout.write(flags.json ? jsonReport({ values, warnings }) : report.configReport(values));
        for (const warning of warnings) io.stderr.write(`warning: ${printableLine(warning)}\n`);
        return;
      }
      const log = logWriter(io.stderr, flags.logFormat === 'json' ? report.logJson : report.logLine, flags.logLevel);
      let started = false;
      const forPeople = !flags.quiet && !flags.json && flags.logFormat === 'text';
      const server = await withReadBar(io, !forPeople, ({ onRead: onProgress }, clear) => {
        const onLog = (event: LogEvent): void => {
          // Until the models are ready, a failed load ends the command with an error that says the same.
          if (!started && event.event === 'worker-failed') return;
          clear();
          log(event);
        };
        return serve({ ...options, onLog, onProgress, signal: io.signal });
      }).catch((error: unknown) => {
        if (io.signal.aborted) return undefined;
        throw error;
      });
      if (!server) return;
      try {
        const asked = io.signal.aborted ? Promise.resolve() : once(io.signal, 'abort').then(() => {});
        const stopped = flags.untilStdinEnds ? Promise.race([asked, endOf(io.stdin)]) : asked;
        await Promise.race([server.ready, stopped]);
        started = true;
        const { inferenceUrl, managementUrl, accelerators } = server;
        const urls = { inferenceUrl, managementUrl, ...(accelerators.length > 0 && { accelerators }) };
        io.stdout.write(flags.json ? `${JSON.stringify(urls)}\n` : report.addressReport(urls));
        await stopped;
      } finally {
        await server.close();
        forget();
      }
    });
  return addExamples(command, [
    ['mar serve-local resnet-152.mar --port 9000', 'one model; then POST http://127.0.0.1:9000/predictions/resnet-152'],
    ['mar serve-local --model-store models --models ALL --workers 1', 'every archive of a folder, a worker each'],
  ]);
}

/** Resolves when nobody can write to it any more; what comes until then is nothing to us. */
async function endOf(input: Io['stdin']): Promise<void> {
  input.resume();
  await finished(input, { writable: false }).catch(() => {});
}

/** Who says nothing about models means the archive beside him, where there is exactly one. */
async function withOnlyArchive(options: ServeOptions, io: Io): Promise<ServeOptions> {
  const { values } = await serveConfig(options);
  const says = (key: string): boolean => values.some((value) => value.key === key && value.value !== undefined);
  if (says('load_models') || says('model_store')) return options;
  return (await archivesHere(io)).length === 1
    ? { ...options, archives: [await onlyArchive(io, 'serve-local')] }
    : options;
}
