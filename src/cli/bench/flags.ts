import type { Command } from 'commander';
import type { FailOn } from '#index.js';
import { collect, type RequestFlags, requestOptions } from '../request/request-parts.js';
import { ARCHIVES, option } from '../values.js';
import { wholeNumber } from '../whole-number.js';
import { type BenchOutput, readBenchOutput } from './formats.js';
import { percentage, positiveNumber, readFailOn } from './numbers.js';

/** Flags of `mar bench`. */
export interface BenchFlags extends RequestFlags {
  readonly cases?: string;
  readonly connections?: number;
  readonly rate?: number;
  readonly poisson?: true;
  readonly seed?: number;
  /** Seconds. */
  readonly timeout?: number;
  readonly duration?: number;
  readonly warmUp?: number;
  readonly rounds?: number;
  readonly precision?: number;
  readonly workers?: number;
  readonly threads?: number;
  readonly batchSize?: number;
  readonly maxBatchDelay?: number;
  readonly python?: string;
  readonly installRequirements?: true;
  readonly split?: boolean;
  readonly pid?: number;
  readonly baseline?: string;
  readonly failOn?: readonly FailOn[];
  readonly otherMachine?: true;
  readonly priceFile?: string;
  readonly uses?: readonly string[];
  readonly table?: string;
  readonly output?: readonly BenchOutput[];
  readonly json?: true;
  readonly quiet?: true;
}

/** Adds them to the command. */
export function benchOptions(command: Command): Command {
  command.optionsGroup('What is sent:');
  requestOptions(command).addOption(
    option('--cases <archive>', 'for a URL: the archive whose golden cases are sent', ARCHIVES),
  );
  command
    .optionsGroup('How it is sent:')
    .option(
      '-c, --connections <n>',
      'clients that wait for each answer (default: 1); with --rate, connections at most (256)',
      wholeNumber(1),
    )
    .option(
      '--rate <n>',
      'requests per second, whether or not answers come; latency counts from when each should leave',
      positiveNumber(),
    )
    .option('--poisson', 'with --rate: at random distances, as from many clients')
    .option('--seed <n>', 'of those distances (default: 1)', wholeNumber())
    .option('--timeout <seconds>', 'longest time for an answer (default: 30)', positiveNumber())
    .optionsGroup('How long:')
    .option('--duration <seconds>', 'of a round (default: 5)', positiveNumber())
    .option(
      '--warm-up <seconds>',
      'load that does not count (default: until the latency has settled)',
      positiveNumber({ zero: true }),
    )
    .option('--rounds <n>', 'rounds at most (default: 10)', wholeNumber(1))
    .option(
      '--precision <percent>',
      'half of the 95 % interval at which no further round is needed (default: 5%)',
      percentage,
    )
    .optionsGroup('How an archive is served:')
    .option('--workers <n>', 'workers (default: 1)', wholeNumber(1))
    .option('--threads <n>', 'threads of each worker (default: 1)', wholeNumber(1))
    .option('--batch-size <n>', 'requests of a batch at most (default: 1)', wholeNumber(1))
    .option(
      '--max-batch-delay <ms>',
      'what the first request of a batch waits for others (default: 100)',
      wholeNumber(),
    )
    .addOption(option('--python <path>', 'Python interpreter for Python archives', { files: [] }))
    .option('--install-requirements', 'install the requirements of a Python archive first')
    .option('--no-split', 'do not have the runner say how it spent the time of each answer')
    .option('--pid <n>', "for a URL: the server's process here, to measure processor and memory", wholeNumber(1))
    .optionsGroup('What counts:')
    .addOption(
      option('--baseline <file>', 'an earlier result of this load as JSON; or an archive or URL, measured by turns', {
        files: ['.json', '.mar'],
        directories: true,
      }),
    )
    .option('--fail-on <figure=change>', 'how much worse it may be: p99=+10%, throughput=-5% (repeatable)', readFailOn)
    .option('--other-machine', 'take a baseline of another machine')
    .optionsGroup('What it costs:')
    .addOption(
      option('--price-file <file>', 'hourly prices (schemas/prices.schema.json): 100,000 requests get a cost', {
        files: ['.json'],
      }),
    )
    .option('--uses <price>', 'what is rented for this run, by its name in the prices (repeatable)', collect)
    .addOption(
      option(
        '--table <file>',
        'configurations measured elsewhere (schemas/cost.schema.json), to stand above this one',
        {
          files: ['.json'],
        },
      ),
    )
    .optionsGroup('What is reported:')
    .addOption(
      option('-o, --output <file>', 'also write a report: .html, .json, .csv, .md, .txt, or FORMAT=FILE (repeatable)', {
        files: [],
      }).argParser(readBenchOutput),
    )
    .option('--json', 'print the result as JSON');
  return command;
}
