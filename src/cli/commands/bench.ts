import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { MarError, messageOf } from '#errors/mar-error.js';
import { type BenchOptions, type BenchResult, bench } from '#index.js';
import { commandText } from '../bench/command-text.js';
import { type BenchFlags, benchOptions } from '../bench/flags.js';
import { type BenchOutput, renderBench } from '../bench/formats.js';
import { progressLine } from '../bench/progress.js';
import type { CommandContext, ExitCode, Io } from '../command.js';
import { displayOf } from '../display.js';
import { addExamples } from '../examples.js';
import { givenRequest, readHeaders } from '../request/request-parts.js';
import { givenArguments } from '../server/given-arguments.js';
import { packedIfSource } from '../server/source-directory.js';
import { ARCHIVES, argument } from '../values.js';

/** `mar bench ARCHIVE|URL`: latency, throughput and errors of a model under load; exit code 1 when requests failed or a limit was passed. */
export function benchCommand({ io, exit }: CommandContext): Command {
  const command = benchOptions(new Command('bench'))
    .description('measure latency and throughput of an archive, or of the model at a URL, under load')
    .addArgument(
      argument('<source>', "a .mar or a model directory, served meanwhile, or a model's URL at any server", ARCHIVES),
    )
    .addArgument(
      argument('[input...]', 'files to send in turn (default: the golden cases of the archive)', { files: [] }),
    )
    .action(async (source: string, inputs: string[], flags: BenchFlags) => {
      checkTogether(flags);
      const line = progressLine(io, flags.quiet);
      const options: BenchOptions = {
        ...(await toOptions(inputs, flags, io)),
        command: commandText('mar', ['bench', ...givenArguments(command)]),
        onProgress: line.update,
      };
      const isUrl = /^https?:\/\//i.test(source);
      const result = await bench(isUrl ? source : resolve(io.cwd, await packedIfSource(source, io)), options).finally(
        line.clear,
      );
      for (const output of flags.output ?? []) await write(result, output, io);
      const { benchReport } = await import('#report/bench/text.js');
      const { jsonReport } = await import('#report/json.js');
      io.stdout.write(flags.json ? jsonReport(result) : benchReport(result, displayOf(io)));
      exit(exitCodeOf(result));
    });
  return addExamples(command, [
    [
      'mar bench resnet-152.mar --connections 4',
      'four clients that wait for each answer, with the golden cases as load',
    ],
    [
      'mar bench resnet-152.mar cat.jpg --rate 20 --poisson --output report.html',
      'twenty requests a second, come what may',
    ],
    [
      'mar bench http://127.0.0.1:8080/predictions/resnet-152 cat.jpg --connections 8',
      'a model at a server, whichever that is',
    ],
    ['mar bench resnet-152.mar --baseline main.json --fail-on p99=+10%', 'in CI: exit code 1 when it became slower'],
  ]);
}

function checkTogether({ failOn = [], baseline, poisson, rate }: BenchFlags): void {
  if (failOn.length > 0 !== (baseline !== undefined)) {
    throw new MarError('--baseline and --fail-on are given without each other.', {
      code: 'ERR_USAGE',
      hint: 'Name the earlier result and what may not become worse: --baseline main.json --fail-on p99=+10%.',
    });
  }
  if (poisson && rate === undefined) {
    throw new MarError('--poisson says how requests of a rate are spread, and there is no --rate.', {
      code: 'ERR_USAGE',
    });
  }
}

async function toOptions(inputs: readonly string[], flags: BenchFlags, io: Io): Promise<BenchOptions> {
  const {
    poisson,
    timeout,
    output: _output,
    json: _json,
    quiet: _quiet,
    header = [],
    baseline,
    cases,
    priceFile,
    table,
    ...rest
  } = flags;
  const { data: _data, form, input, contentType: _type, ...known } = rest;
  const isGiven = inputs.length > 0 || flags.data !== undefined || form !== undefined || input !== undefined;
  const files = inputs.length > 0 ? inputs : [undefined];
  return {
    ...known,
    headers: readHeaders(header),
    ...(isGiven && { inputs: await Promise.all(files.map((file) => givenRequest(file, flags, io))) }),
    ...(cases !== undefined && { cases: resolve(io.cwd, cases) }),
    ...(priceFile !== undefined && { priceFile: resolve(io.cwd, priceFile) }),
    ...(table !== undefined && { table: resolve(io.cwd, table) }),
    ...(baseline !== undefined && { baseline: /^https?:\/\//i.test(baseline) ? baseline : resolve(io.cwd, baseline) }),
    ...(poisson && { arrivals: 'poisson' as const }),
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
    env: io.env,
    signal: io.signal,
  };
}

/** What was not completed is no verdict; failed requests and a passed limit are findings. */
function exitCodeOf({ status, errors, baseline }: BenchResult): ExitCode {
  const verdicts = (baseline?.comparisons ?? []).map(({ verdict }) => verdict);
  if (status !== 'complete') return 2;
  if (Object.keys(errors).length > 0 || verdicts.includes('fail')) return 1;
  return verdicts.includes('unclear') ? 2 : 0;
}

async function write(result: BenchResult, { format, path }: BenchOutput, io: Io): Promise<void> {
  const text = await renderBench(result, format);
  try {
    await writeFile(resolve(io.cwd, path), text);
  } catch (error) {
    throw new MarError(`${path} cannot be written: ${messageOf(error)}`, {
      code: 'ERR_OUTPUT_UNWRITABLE',
      cause: error,
    });
  }
}
