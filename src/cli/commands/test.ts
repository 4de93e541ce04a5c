import { resolve } from 'node:path';
import { Command } from 'commander';
import { GOLDEN_CASES_DIR } from '#conventions/golden-cases.js';
import { MarError } from '#errors/mar-error.js';
import { type GoldenOptions, packSource, test } from '#index.js';
import type { CommandContext, Io } from '../command.js';
import { addExamples } from '../examples.js';
import { type ModelFlags, modelOptions, toModelOptions } from '../model-options.js';
import { onlyArchive } from '../only-archive.js';
import { withReadBar } from '../progress-bar.js';
import { collect, readHeaders } from '../request/request-parts.js';
import { packedIfSource } from '../server/source-directory.js';
import { ARCHIVES, argument } from '../values.js';
import { wholeNumber } from '../whole-number.js';

interface TestFlags extends ModelFlags {
  readonly url?: string;
  readonly header?: readonly string[];
  readonly casesOnly?: true;
  readonly requests?: number;
  readonly update?: true;
  readonly json?: true;
  readonly quiet?: true;
}

/** `mar test ARCHIVE`: loads the model and runs its golden cases; exit code 1 when one fails. */
export function testCommand({ io, exit }: CommandContext): Command {
  const command = modelOptions(new Command('test'))
    .description(
      `run the golden cases of an archive (${GOLDEN_CASES_DIR}/*.json) in a worker, and look at how it behaves beside them`,
    )
    .addArgument(argument('[archive]', 'a .mar or a model directory (default: the only .mar here)', ARCHIVES))
    .option('--url <url>', "ask a running server instead, at the model's own URL")
    .option('-H, --header <line>', "with --url: a header of every request, 'Name: value' (repeatable)", collect)
    .option('--cases-only', 'run nothing but the golden cases: no batches, no bad bodies, nothing twice')
    .option(
      '--requests <n>',
      'go on until the worker has had so many requests, for the latency and memory of a later one (default: as many of 100 as take 0.2 s)',
      wholeNumber(1),
    )
    .option(
      '--update',
      'of a model directory: write what is answered now into the cases that fail, and show what changed',
    )
    .option('--json', 'print the result as JSON')
    .option('-q, --quiet', 'print one line with the verdict, or what --json asks for')
    .option('--verbose', 'print the stack of an error')
    .action(async (given: string | undefined, flags: TestFlags) => {
      const headers = readHeaders(flags.header ?? []);
      if (flags.header && flags.url === undefined)
        throw new MarError('--header goes with --url.', {
          code: 'ERR_USAGE',
          hint: 'Headers of a case stand in its request.headers, where a worker gets them, too.',
        });
      const source = await sourceOf(given, flags, io);
      const result = await withReadBar(io, flags.quiet, (watch) =>
        test(resolve(io.cwd, source.archive), {
          ...toModelOptions(flags, io),
          ...watch,
          ...(flags.url !== undefined && { url: flags.url, headers }),
          ...contractOf(flags),
          ...(source.update !== undefined && { update: source.update }),
        }),
      );
      const { jsonReport } = await import('#report/json.js');
      const { testReport, testVerdict } = await import('#report/test.js');
      const text = flags.quiet ? testVerdict : testReport;
      io.stdout.write(flags.json ? jsonReport(result) : text(result));
      exit(result.passed ? 0 : 1);
    });
  return addExamples(command, [
    ['mar test resnet-152.mar', 'the golden cases of an archive, in a worker of its own'],
    [
      'mar test --url http://127.0.0.1:8080/predictions/resnet-152 resnet-152.mar',
      'the same against a server that has the model',
    ],
  ]);
}

/** What is looked at beside the cases. */
function contractOf({ casesOnly, requests }: TestFlags): Pick<GoldenOptions, 'contract'> {
  if (casesOnly) return { contract: false };
  return requests === undefined ? {} : { contract: { requests, timeMs: Number.POSITIVE_INFINITY } };
}

/** The archive to test, and with `--update` the model directory that it is built of; `ERR_USAGE` where there is none. */
async function sourceOf(given: string | undefined, flags: TestFlags, io: Io) {
  if (!flags.update)
    return { archive: given === undefined ? await onlyArchive(io, 'test') : await packedIfSource(given, io) };
  const refuse = (problem: string, hint: string): MarError => new MarError(problem, { code: 'ERR_USAGE', hint });
  if (flags.url !== undefined)
    throw refuse('--update writes what a worker answers, and --url asks a server.', 'Leave one of them out.');
  const packed = await packSource(resolve(io.cwd, given ?? '.'), { env: io.env, signal: io.signal });
  if (packed?.modelPath === undefined)
    throw refuse(
      `${given ?? 'The working directory'} is not a directory that an archive is built of, with a mar.config or package.json#mar.`,
      'The cases of an archive are updated where it comes from: mar test --update DIR, then build again.',
    );
  return { archive: packed.target, update: packed.modelPath };
}
