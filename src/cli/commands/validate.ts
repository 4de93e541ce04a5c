import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { MarError, messageOf } from '#errors/mar-error.js';
import {
  ATTEST_WHERE,
  type AttestWhere,
  CONTAIN_WHEN,
  type ContainWhen,
  explain,
  TARGETS,
  type ValidationReport,
  validate,
} from '#index.js';
import type { CommandContext, ExitCode } from '../command.js';
import { displayOf } from '../display.js';
import { addExamples } from '../examples.js';
import { onlyArchive } from '../only-archive.js';
import { withReadBar } from '../progress-bar.js';
import { REPORT_FORMATS, type ReportFormat, readFormat, readOutput, renderReport } from '../report-formats.js';
import { ARCHIVES, argument, oneOf, option } from '../values.js';
import { wholeNumber } from '../whole-number.js';

interface Flags {
  target?: string[];
  run?: true;
  python?: string;
  installRequirements?: true;
  timeout?: number;
  contain?: ContainWhen;
  memory?: number;
  env?: string[];
  attest?: true | string;
  format?: ReportFormat;
  json?: true;
  output?: { format: ReportFormat; path: string }[];
  ignore?: string[];
  severity?: string[];
  explain?: string;
  allowImport?: string[];
  strict?: true;
  maxWarnings?: number;
  config?: string;
  quiet?: true;
}

/** `mar validate FILE|DIR…`: everything that can be proved about an archive without running it. */
export function validateCommand({ io, exit }: CommandContext): Command {
  const command = new Command('validate')
    .description('prove that archives are sound, complete and loadable on their targets, without running anything')
    .addArgument(
      argument(
        '[path...]',
        'archives, model directories, or directories of archives (default: the only .mar here)',
        ARCHIVES,
      ),
    )
    .optionsGroup('What is checked:')
    .addOption(
      option(
        '-t, --target <names>',
        `${TARGETS.join(', ')} (repeatable, or a comma list; default: local and what the manifest implies)`,
        { words: TARGETS },
      ).argParser(readList),
    )
    .option('--run', 'also load each archive in a worker and run its golden cases')
    .addOption(option('--python <interpreter>', 'interpreter for Python handlers, with --run', { files: [] }))
    .option(
      '--install-requirements',
      "with --run, install an archive's Python requirements in a cached virtual environment first",
    )
    .addOption(
      option(
        '--explain <file>',
        'list what loading one file would import and call, or an entry of an archive (model.mar:model.pkl), and check nothing else',
        { files: [] },
      ),
    )
    .optionsGroup('How --run keeps an archive in:')
    .option('--timeout <seconds>', 'how long loading, and each answer, may take (default: 120)', wholeNumber(1))
    .addOption(
      option(
        '--contain <when>',
        'auto: no network, nothing written outside its own directory, nothing left behind, where this system grants namespaces, and NOT CONTAINED in the report where not: it then does what you may do; always: or not at all; never. Contained too, it reads most files that you may read',
        { words: CONTAIN_WHEN },
      ).argParser(oneOf(CONTAIN_WHEN)),
    )
    .option(
      '--memory <mebibytes>',
      'data memory of each of its processes, where it is contained (default: no limit; what they share does not count)',
      wholeNumber(1),
    )
    .option(
      '--env <names>',
      'variables that it sees beside PATH, HOME, the locale and those of inference libraries (repeatable, or a comma list)',
      readList,
    )
    .addOption(
      option(
        '--attest [where]',
        'of each archive that passes, write what ran and what came of it: beside it as ARCHIVE.verification.json, or --attest=inside into it',
        { words: ATTEST_WHERE },
      ),
    )
    .optionsGroup('What counts:')
    .addOption(
      option(
        '-i, --ignore <rules>',
        'leave out the findings of a rule: RULE, or RULE:ENTRY with * in it (repeatable, or a comma list)',
        { rules: true },
      ).argParser(readList),
    )
    .addOption(
      option('--severity <rule=level>', 'error, warning, note or off for a rule (repeatable, or a comma list)', {
        rules: true,
      }).argParser(readList),
    )
    .addOption(
      option(
        '--allow-import <names>',
        'what pickles may import beside the list of the validator: nets.Net, or nets.* (repeatable, or a comma list)',
      ).argParser(readList),
    )
    .option('--strict', 'warnings are errors')
    .option('--max-warnings <number>', 'fail when there are more warnings', wholeNumber())
    .addOption(option('-c, --config <file>', 'options as JSON; flags override it', { files: ['.json'] }))
    .optionsGroup('What is reported:')
    .addOption(
      option('-f, --format <format>', `what to print: ${REPORT_FORMATS.join(', ')}`, {
        words: REPORT_FORMATS,
      }).argParser(readFormat),
    )
    .option('--json', 'the same as --format json')
    .addOption(
      option('-o, --output <file>', 'also write a report; its format is its extension, or FORMAT=FILE (repeatable)', {
        files: [],
      }).argParser((text, all: Flags['output'] = []) => [...all, readOutput(text)]),
    )
    .optionsGroup('General:')
    .option('-q, --quiet', 'print one line per archive, and what --format or --json asks for')
    .option('--verbose', 'print the stack of an error')
    .action(async (given: string[], flags: Flags) => {
      const { format, json, output = [], quiet, explain: file, timeout, memory, attest: asked, ...rest } = flags;
      const { attest, paths } = attestOf(asked, given);
      const options = {
        ...rest,
        ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
        ...(memory !== undefined && { memoryMb: memory }),
        ...(attest !== undefined && { attest }),
      };
      if (file !== undefined) {
        if (paths.length > 0)
          throw new MarError('--explain is about one file, and archives are given beside it', {
            code: 'ERR_USAGE',
            hint: 'leave one of them out',
          });
        const { allowImport, config } = options;
        const explanation = await explain(file, {
          cwd: io.cwd,
          ...(allowImport && { allowImport }),
          ...(config !== undefined && { config }),
        });
        const { explainReport } = await import('#report/explain.js');
        const { jsonReport } = await import('#report/json.js');
        io.stdout.write(json ? jsonReport(explanation) : explainReport(explanation));
        exit(explanation.passed ? 0 : 1);
        return;
      }
      const chosen = paths.length > 0 ? paths : [await onlyArchive(io, 'validate')];
      const report = await withReadBar(io, quiet, (watch) =>
        validate(chosen, { ...options, cwd: io.cwd, signal: io.signal, ...watch }),
      );
      for (const { format: kind, path } of output)
        await write(resolve(io.cwd, path), path, await renderReport(report, kind, { color: false }));
      const shown = json ? 'json' : (format ?? (quiet ? 'verdicts' : 'pretty'));
      io.stdout.write(await renderReport(report, shown, displayOf(io)));
      if (shown === 'pretty' && !format && io.env['GITHUB_ACTIONS'] === 'true')
        io.stdout.write(await renderReport(report, 'github', { color: false }));
      exit(exitCode(report));
    });
  return addExamples(command, [
    ['mar validate --run resnet-152.mar', 'prove an archive, load it and run its golden cases'],
    ['mar validate --explain resnet-152.mar:model.pkl', 'what loading a pickle would import and call'],
    ['mar validate --target mms,torchserve --output report.sarif models/', 'every archive of a folder on two servers'],
  ]);
}

/** Where to attest, and the archives: a word behind `--attest` that is no place is the first of them. */
function attestOf(asked: true | string | undefined, paths: string[]): { attest?: AttestWhere; paths: string[] } {
  if (asked === undefined) return { paths };
  const where = ATTEST_WHERE.find((word) => word === asked);
  if (where !== undefined || asked === true) return { attest: where ?? 'beside', paths };
  return { attest: 'beside', paths: [asked, ...paths] };
}

function exitCode(report: ValidationReport): ExitCode {
  if (report.archives.some((archive) => archive.internalErrors.length > 0)) return 3;
  if (report.failures.length > 0) return 2;
  return report.passed ? 0 : 1;
}

/** Comma lists add up over repeated flags. */
function readList(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(',').map((part) => part.trim())].filter((part) => part !== '');
}

async function write(path: string, name: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new MarError(`${name} cannot be written: ${messageOf(error)}`, {
      code: 'ERR_OUTPUT_UNWRITABLE',
      cause: error,
    });
  }
}
