import { type Command, Option } from 'commander';
import type { LogEvent, ServeOptions } from '#index.js';
import { LOG_LEVELS } from '../log-writer.js';
import { ARCHIVES, DIRECTORIES, option } from '../values.js';
import { wholeNumber } from '../whole-number.js';

/** What both commands that run a server are told. */
export interface ServerFlags extends ServeOptions {
  readonly logFormat: 'text' | 'json';
  readonly logLevel: LogEvent['level'];
  readonly printConfig?: true;
  readonly json?: true;
  readonly quiet?: true;
  readonly untilStdinEnds?: true;
}

/** The flags for models and their workers, in a group. */
export function addModelOptions(command: Command): Command {
  return command
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
      'run workers in Linux namespaces: no network, no writing but temporary files, no survivors; most files that you may read they read, and memory has no limit; refused where there are none',
    )
    .option('--sandbox-env <name...>', 'environment variables that workers in a sandbox get besides PATH and its kind');
}

/** The flags for where it listens and when it ends, in a group. */
export function addAddressOptions(command: Command): Command {
  return command
    .optionsGroup('Addresses:')
    .option('--port <n>', 'port of the inference API, the next one for management (default: 8080)', wholeNumber())
    .option(
      '--host <host>',
      'address where the inference API listens, 0.0.0.0 for all; management stays on this machine',
    )
    .option('--inference-address <address>', 'default http://127.0.0.1:8080; port 0 takes a free one')
    .option('--management-address <address>', 'default http://127.0.0.1:8081')
    .option(
      '--shutdown-timeout <seconds>',
      'what accepted requests may take after SIGTERM (default: 10)',
      wholeNumber(),
    )
    .option('--until-stdin-ends', 'stop when standard input ends too, as with the program that has started it');
}

/** The flags for where settings come from, in a group. */
export function addConfigOptions(command: Command): Command {
  return command
    .optionsGroup('Configuration:')
    .addOption(
      option('--mms-config <file>', 'a config.properties (default: MMS_CONFIG_FILE or ./config.properties)', {
        files: ['.properties'],
      }),
    )
    .option('--print-config', 'print every setting with its value and origin, and stop');
}

/** The flags for what is told of requests and events, in a group. */
export function addLogOptions(command: Command, logFormat: ServerFlags['logFormat']): Command {
  const inContainers = logFormat === 'json';
  return command
    .optionsGroup('What is told:')
    .option(
      inContainers ? '--error-detail' : '--no-error-detail',
      inContainers
        ? 'answer failures with their cause, not with one sentence alone'
        : 'answer failures with one sentence, without their cause',
    )
    .option(
      inContainers ? '--no-access-log' : '--access-log',
      inContainers ? 'log no line for each request' : 'log a line for each request',
    )
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
      new Option('--log-format <format>', 'lines for people or JSON').choices(['text', 'json']).default(logFormat),
    )
    .option('--json', 'print addresses and settings as JSON');
}
