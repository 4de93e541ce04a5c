import { resolve } from 'node:path';
import { Command } from 'commander';
import { ARRIVALS, BALANCES, type SimulateOptions, type SimulationResult, simulate } from '#index.js';
import { commandText } from '../bench/command-text.js';
import { positiveNumber } from '../bench/numbers.js';
import type { CommandContext, ExitCode } from '../command.js';
import { displayOf } from '../display.js';
import { addExamples } from '../examples.js';
import { collect } from '../request/request-parts.js';
import { givenArguments } from '../server/given-arguments.js';
import { milliseconds, queueSize, readSlo, replicaCount } from '../simulate/values.js';
import { argument, oneOf, option } from '../values.js';
import { wholeNumber } from '../whole-number.js';

interface SimulateFlags
  extends Omit<SimulateOptions, 'measured' | 'furtherMs' | 'scaling' | 'command' | 'now' | 'signal'> {
  readonly further?: number;
  readonly target?: number;
  /** Seconds. */
  readonly startUp?: number;
  readonly scaleEvery?: number;
  readonly scaleDownAfter?: number;
  readonly json?: true;
}

/** `mar simulate [MEASURED] --rate N`: latency, throughput and cost to expect; exit code 1 where an objective is not kept or more arrives than can be answered. */
export function simulateCommand({ io, exit }: CommandContext): Command {
  const command = simulateOptions(new Command('simulate'))
    .description('say what latency, throughput and cost to expect of replicas and workers behind a load')
    .addArgument(
      argument('[measured]', 'what a batch takes: a result of `mar bench --output x.json`', { files: ['.json'] }),
    )
    .action(async (measured: string | undefined, flags: SimulateFlags) => {
      const result = await simulate({
        ...optionsOf(flags),
        ...(measured !== undefined && { measured: resolve(io.cwd, measured) }),
        ...(flags.priceFile !== undefined && { priceFile: resolve(io.cwd, flags.priceFile) }),
        command: commandText('mar', ['simulate', ...givenArguments(command)]),
        signal: io.signal,
      });
      const { simulationReport } = await import('#report/simulation.js');
      const { jsonReport } = await import('#report/json.js');
      io.stdout.write(flags.json ? jsonReport(result) : simulationReport(result, displayOf(io)));
      exit(exitCodeOf(result));
    });
  return addExamples(command, [
    [
      'mar simulate measured.json --rate 150 --workers 4',
      'what one server with four workers makes of 150 requests a second',
    ],
    [
      'mar simulate measured.json --rate 2000 --slo p99=100ms --price-file prices.json --uses c5.xlarge',
      'how many servers that takes, and what they cost',
    ],
    [
      'mar simulate --service lognormal:20ms,8ms --rate 300 --replicas 2..20 --target 4',
      'servers that come and go with the load',
    ],
  ]);
}

function simulateOptions(command: Command): Command {
  return command
    .optionsGroup('The load:')
    .requiredOption('--rate <n>', 'requests per second', positiveNumber())
    .addOption(
      option(
        '--arrivals <kind>',
        'how they come: at random as from many clients (poisson, the default), or evenly (steady)',
        {
          words: ARRIVALS,
        },
      ).argParser(oneOf(ARRIVALS)),
    )
    .option(
      '--service <distribution>',
      'what a batch takes, in words: exponential:10ms, fixed:10ms, uniform:5ms..15ms, lognormal:10ms,4ms (mean, deviation)',
    )
    .option('--further <time>', 'with --service: what each further request of a batch adds (default: 0)', milliseconds)
    .optionsGroup('One replica:')
    .option('--workers <n>', "workers (default: the measurement's, or 1)", wholeNumber(1))
    .option('--batch-size <n>', "requests of a batch at most (default: the measurement's, or 1)", wholeNumber(1))
    .option(
      '--max-batch-delay <ms>',
      'what the first request of a batch waits for others (default: 100)',
      wholeNumber(),
    )
    .option('--queue-size <n>', 'requests that wait at most, or unlimited (default: 100)', queueSize)
    .option(
      '--prefetch <n>',
      'batches that a worker may have under way (default: 6; Python workers have 1)',
      wholeNumber(1),
    )
    .optionsGroup('How many of them:')
    .option('--replicas <n>', 'replicas, or a range with --target: 2..20 (default: 1)', replicaCount)
    .option('--target <n>', 'with a range: requests in flight that each replica is meant to have', positiveNumber())
    .option('--start-up <seconds>', 'until an added replica serves (default: 30)', positiveNumber({ zero: true }))
    .option('--scale-every <seconds>', 'between two looks at the requests in flight (default: 15)', positiveNumber())
    .option(
      '--scale-down-after <seconds>',
      'for which nothing may have asked for a replica before it goes (default: 300)',
      positiveNumber({ zero: true }),
    )
    .addOption(
      option('--balance <kind>', 'how requests are spread over replicas (default: round-robin)', {
        words: BALANCES,
      }).argParser(oneOf(BALANCES)),
    )
    .option(
      '--slo <figure=time>',
      'find the fewest replicas that keep this: p99=100ms, mean=20ms (repeatable)',
      readSlo,
    )
    .option('--max-replicas <n>', 'with --slo: replicas that are tried at most (default: 1000)', wholeNumber(1))
    .optionsGroup('What it costs:')
    .addOption(option('--price-file <file>', 'hourly prices (schemas/prices.schema.json)', { files: ['.json'] }))
    .option('--uses <price>', 'what one replica rents, by its name in the prices (repeatable)', collect)
    .optionsGroup('The simulation:')
    .option('--requests <n>', 'of all runs together (default: 1000000)', wholeNumber(1))
    .option('--runs <n>', 'independent runs, from which the intervals come (default: 10)', wholeNumber(2))
    .option('--seed <n>', 'of the random numbers (default: 1)', wholeNumber())
    .option('--json', 'print the result as JSON');
}

function optionsOf(flags: SimulateFlags): SimulateOptions {
  const { target, startUp, scaleEvery, scaleDownAfter, further, json: _json, priceFile: _prices, ...same } = flags;
  return {
    ...same,
    ...(further !== undefined && { furtherMs: further }),
    ...(target !== undefined && {
      scaling: {
        target,
        ...(startUp !== undefined && { startUp }),
        ...(scaleEvery !== undefined && { every: scaleEvery }),
        ...(scaleDownAfter !== undefined && { downAfter: scaleDownAfter }),
      },
    }),
  };
}

function exitCodeOf({ slo, expected }: SimulationResult): ExitCode {
  return slo?.met === false || expected.load >= 1 ? 1 : 0;
}
