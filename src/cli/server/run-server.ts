import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { type LogEvent, type ServeOptions, type Server, serve, serveConfig } from '#index.js';
import { printableLine } from '#printable.js';
import type { Io } from '../command.js';
import { logWriter } from '../log-writer.js';
import { withReadBar } from '../progress-bar.js';
import type { ServerFlags } from './server-options.js';

/** What is done with a server besides running it. */
export interface ServerUse {
  /** Every model has its workers: says where the server listens. */
  readonly onReady: (server: Server) => void;
  /** It was told to end, and takes nothing more from here on. */
  readonly onEnding?: () => void;
  readonly log: (event: LogEvent) => void;
}

/** Where the log goes and how it looks. */
export async function serverLog(flags: ServerFlags, io: Io): Promise<(event: LogEvent) => void> {
  const { logJson, logLine } = await import('#report/serve.js');
  return logWriter(io.stderr, flags.logFormat === 'json' ? logJson : logLine, flags.logLevel);
}

/** Prints what a server of these options would be set to. */
export async function printConfig(options: ServeOptions, flags: ServerFlags, io: Io): Promise<void> {
  const { values, warnings } = await serveConfig(options);
  const [{ jsonReport }, { configReport }] = await Promise.all([import('#report/json.js'), import('#report/serve.js')]);
  io.stdout.write(flags.json ? jsonReport({ values, warnings }) : configReport(values));
  for (const warning of warnings) io.stderr.write(`warning: ${printableLine(warning)}\n`);
}

/** Runs a server until SIGINT, SIGTERM or, where asked, the end of standard input. Throws what `serve` throws, and what `ready` rejects with. */
export async function runServer(
  options: ServeOptions,
  flags: ServerFlags,
  io: Io,
  { log, onReady, onEnding }: ServerUse,
): Promise<void> {
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
    onReady(server);
    await stopped;
    onEnding?.();
  } finally {
    await server.close();
  }
}

/** Resolves when nobody can write to it any more; what comes until then is nothing to us. */
async function endOf(input: Io['stdin']): Promise<void> {
  input.resume();
  await finished(input, { writable: false }).catch(() => {});
}

/** Whether the options or the configuration say anything about models. */
export async function saysModels(options: ServeOptions): Promise<boolean> {
  const { values } = await serveConfig(options);
  return values.some(({ key, value }) => (key === 'load_models' || key === 'model_store') && value !== undefined);
}
