import { type Command, InvalidArgumentError } from 'commander';
import { FIGURES, type LatencyLimit, powersOfTwo } from '#index.js';
import { didYouMean } from '#nearest.js';
import { positiveNumber } from '../bench/numbers.js';
import { collect, type RequestFlags, requestOptions } from '../request/request-parts.js';
import { option } from '../values.js';

/** Flags of `mar tune`. */
export interface TuneFlags extends RequestFlags {
  readonly slo?: LatencyLimit;
  readonly workers?: readonly number[];
  readonly threads?: readonly number[];
  readonly batch?: readonly number[];
  readonly delay?: readonly number[];
  readonly connections?: readonly number[];
  /** Seconds. */
  readonly duration?: number;
  readonly timeout?: number;
  readonly python?: string;
  readonly installRequirements?: true;
  readonly priceFile?: string;
  readonly uses?: readonly string[];
  readonly write?: string;
  readonly json?: true;
  readonly quiet?: true;
}

/** Adds them to the command. */
export function tuneOptions(command: Command): Command {
  return requestOptions(command.optionsGroup('What is sent:'))
    .optionsGroup('What is looked for:')
    .option('--slo <figure=time>', 'limit of the latency: p99=50ms, mean=0.2s (default: none, of p99)', readSlo)
    .option(
      '--workers <range>',
      'workers: 1..8 (powers of two and both ends), 1,3,5 or 4 (default: 1..processors)',
      range(1),
    )
    .option('--threads <range>', 'threads of each worker (default: 1..processors)', range(1))
    .option('--batch <range>', 'requests of a batch at most (default: 1..8)', range(1))
    .option('--delay <range>', 'milliseconds that a batch waits to be filled (default: 1,5,20)', range(0))
    .option('-c, --connections <range>', 'clients that wait for each answer (default: 1..workers × batch)', range(1))
    .optionsGroup('How it is measured:')
    .option(
      '--duration <seconds>',
      'of a whole measurement; a first look takes a tenth (default: 10)',
      positiveNumber(),
    )
    .option('--timeout <seconds>', 'longest time for an answer (default: 30)', positiveNumber())
    .addOption(option('--python <path>', 'Python interpreter for Python archives', { files: [] }))
    .option('--install-requirements', 'install the requirements of a Python archive first')
    .optionsGroup('What it costs:')
    .addOption(
      option('--price-file <file>', 'hourly prices (schemas/prices.schema.json): 100,000 requests get a cost', {
        files: ['.json'],
      }),
    )
    .option('--uses <price>', 'what is rented, by its name in the prices (repeatable)', collect)
    .optionsGroup('What is reported:')
    .addOption(
      option(
        '--write <file>',
        'a new archive that asks for what is recommended, or a mar.config.json that builds it so',
        {
          files: ['.mar', '.json'],
        },
      ),
    )
    .option('--json', 'print the result as JSON');
}

/** For commander: `1..8`, `1,2,6` or `4`, from `least`. */
export function range(least: number): (text: string) => number[] {
  return (text) => {
    const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
    const values = from !== undefined && to !== undefined ? [from, to] : text.split(',');
    const numbers = values.map(Number);
    if (values.some((value) => !/^\d{1,6}$/.test(value)) || numbers.some((value) => value < least))
      throw new InvalidArgumentError(`Expected whole numbers from ${least}: 1..8, 1,2,6 or 4.`);
    const [first = 0, last = 0] = numbers;
    if (from === undefined) return numbers;
    if (first > last) throw new InvalidArgumentError(`The range is turned round: expected ${last}..${first}.`);
    return powersOfTwo(first, last);
  };
}

/** For commander: `p99=50ms`, `mean=0.2s`. */
export function readSlo(text: string): LatencyLimit {
  const [, name = '', digits, unit] = /^([a-z0-9]+)=(\d+(?:\.\d+)?)(ms|s)$/.exec(text) ?? [];
  if (digits === undefined || Number(digits) === 0)
    throw new InvalidArgumentError('Expected FIGURE=TIME above 0, for example p99=50ms or mean=0.2s.');
  const figures = FIGURES.filter((figure) => figure !== 'throughput');
  const figure = figures.find((one) => one === name);
  if (figure === undefined)
    throw new InvalidArgumentError(
      `There is no latency ${name}, expected ${figures.join(', ')}${didYouMean(name, figures)}.`,
    );
  return { figure, limit: Number(digits) * (unit === 's' ? 1000 : 1) };
}
