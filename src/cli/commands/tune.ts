import { resolve } from 'node:path';
import { Command } from 'commander';
import { type TuneOptions, type TuneResult, tune } from '#index.js';
import { commandText } from '../bench/command-text.js';
import type { CommandContext, ExitCode, Io } from '../command.js';
import { displayOf } from '../display.js';
import { addExamples } from '../examples.js';
import { givenRequest, readHeaders } from '../request/request-parts.js';
import { givenArguments } from '../server/given-arguments.js';
import { packedIfSource } from '../server/source-directory.js';
import { type TuneFlags, tuneOptions } from '../tune/flags.js';
import { ARCHIVES, argument } from '../values.js';

/** `mar tune ARCHIVE`: workers, threads and batches for a latency; exit code 1 when none keeps it. */
export function tuneCommand({ io, exit }: CommandContext): Command {
  const command = tuneOptions(new Command('tune'))
    .description('find the workers, threads and batches with which an archive keeps a latency and answers most')
    .addArgument(argument('<source>', 'a .mar or a model directory, served meanwhile', ARCHIVES))
    .addArgument(
      argument('[input...]', 'files to send in turn (default: the golden cases of the archive)', { files: [] }),
    )
    .action(async (given: string, inputs: string[], flags: TuneFlags) => {
      const isUrl = /^https?:\/\//i.test(given);
      const source = isUrl ? given : resolve(io.cwd, await packedIfSource(given, io));
      const { configurationText } = await import('#report/tune/text.js');
      const { duration, rate } = await import('#report/bench/words.js');
      const result = await tune(source, {
        ...(await toOptions(inputs, flags, io)),
        command: commandText('mar', ['tune', ...givenArguments(command)]),
        onTrial: (trial) => {
          if (io.stderr.isTTY !== true || flags.quiet) return;
          const found = trial.fault ?? `${rate(trial.throughput)}, ${duration(trial.latency)}`;
          io.stderr.write(`${trial.confirmed ? 'measured' : 'looked at'} ${configurationText(trial)}: ${found}\n`);
        },
      });
      const { tuneReport } = await import('#report/tune/text.js');
      const { jsonReport } = await import('#report/json.js');
      io.stdout.write(flags.json ? jsonReport(result) : tuneReport(result, displayOf(io)));
      exit(exitCodeOf(result));
    });
  return addExamples(command, [
    [
      'mar tune resnet-152.mar --slo p99=200ms',
      'the highest throughput with which 99 of 100 answers take 200 ms at most',
    ],
    [
      'mar tune resnet-152.mar cat.jpg --slo p90=0.1s --workers 1..4 --batch 1 -c 8',
      'for eight clients, without batches',
    ],
    ['mar tune resnet-152.mar --price-file prices.json --uses m5.large', 'with the cost of 100,000 requests'],
  ]);
}

async function toOptions(inputs: readonly string[], flags: TuneFlags, io: Io): Promise<TuneOptions> {
  const { slo, workers, threads, batch, delay, connections, duration, timeout, python, uses, priceFile } = flags;
  const { header = [], installRequirements, data, form, input } = flags;
  const isGiven = inputs.length > 0 || data !== undefined || form !== undefined || input !== undefined;
  const files = inputs.length > 0 ? inputs : [undefined];
  return {
    ...(slo && { slo }),
    space: {
      ...(workers && { workers }),
      ...(threads && { threads }),
      ...(batch && { batchSize: batch }),
      ...(delay && { maxBatchDelay: delay }),
      ...(connections && { connections }),
    },
    headers: readHeaders(header),
    ...(isGiven && { inputs: await Promise.all(files.map((file) => givenRequest(file, flags, io))) }),
    ...(duration !== undefined && { duration }),
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
    ...(python !== undefined && { python }),
    ...(installRequirements && { installRequirements }),
    ...(priceFile !== undefined && { priceFile: resolve(io.cwd, priceFile) }),
    ...(uses && { uses }),
    ...(flags.write !== undefined && { write: resolve(io.cwd, flags.write) }),
    env: io.env,
    signal: io.signal,
  };
}

/** What was not completed is no verdict; a limit that nothing keeps is a finding. */
function exitCodeOf({ status, met }: TuneResult): ExitCode {
  if (status === 'interrupted') return 2;
  return met ? 0 : 1;
}
