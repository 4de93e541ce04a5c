import { Command } from 'commander';
import { MarError } from '#errors/mar-error.js';
import type { LogEvent, ServeOptions } from '#index.js';
import type { CommandContext, Io } from '../command.js';
import { addExamples } from '../examples.js';
import { onlyArchive } from '../only-archive.js';
import { printConfig, runServer, saysModels, serverLog } from '../server/run-server.js';
import {
  addAddressOptions,
  addConfigOptions,
  addLogOptions,
  addModelOptions,
  type ServerFlags,
} from '../server/server-options.js';
import { ARCHIVES, argument } from '../values.js';

/** `mar serve`: the server of `mar serve-local` with the defaults of a container. */
export function serveCommand({ io, exit }: CommandContext): Command {
  const command = new Command('serve')
    .description('serve archives in a container: the server of serve-local with a log in JSON, until SIGTERM')
    .addArgument(argument('[source...]', 'archives or URLs to load (default: the only .mar here)', ARCHIVES));
  addAddressOptions(addModelOptions(command));
  addConfigOptions(command);
  addLogOptions(command, 'json').action(async (sources: string[], flags: ServerFlags) => {
    const log = await serverLog(flags, io);
    try {
      await serveUntilEnd(sources, flags, io, log);
    } catch (error) {
      const isTold = error instanceof MarError && error.kind !== 'internal';
      if (!isTold || flags.logFormat !== 'json' || flags.json || flags.printConfig) throw error;
      // What ends a container stands in its log as all else does.
      const { message, detail, advice: hint } = error;
      log({ level: 'error', event: 'start-failed', message, detail, hint });
      exit(2);
    }
  });
  return addExamples(command, [
    [
      'mar serve /opt/models/resnet-152.mar --host 0.0.0.0',
      'port 8080 for everybody, management for this machine only',
    ],
    [
      'mar serve resnet-152.mar --workers 2 --shutdown-timeout 25',
      'two workers; 25 s for requests under way at the end',
    ],
  ]);
}

async function serveUntilEnd(
  sources: readonly string[],
  flags: ServerFlags,
  io: Io,
  log: (event: LogEvent) => void,
): Promise<void> {
  const { accessLog, ...rest } = flags;
  const given: ServeOptions = {
    ...rest,
    // Commander says true of a flag that was not given: the configuration may say otherwise.
    ...(accessLog === false && { accessLog }),
    archives: sources,
    container: true,
    cwd: io.cwd,
    env: io.env,
  };
  const options = (await saysModels(given)) ? given : { ...given, archives: [await onlyArchive(io, 'serve')] };
  if (flags.printConfig) return printConfig(options, flags, io);
  await runServer(options, flags, io, {
    log,
    onReady: ({ inferenceUrl, managementUrl }) => {
      if (io.signal.aborted) return;
      if (flags.json) io.stdout.write(`${JSON.stringify({ inferenceUrl, managementUrl })}\n`);
      log({ level: 'info', event: 'ready', message: `Inference at ${inferenceUrl}, management at ${managementUrl}` });
    },
    onEnding: () => {
      const message = 'The server ends: it finishes what it has accepted, and answers 503 to everything else';
      log({ level: 'info', event: 'ending', message });
    },
  });
  log({ level: 'info', event: 'ended', message: 'The server has ended' });
}
