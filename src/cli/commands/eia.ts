import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { MIGRATION_TARGETS, type MigrationTarget, migrateEia, planEia } from '#index.js';
import type { CommandContext } from '../command.js';
import { addExamples } from '../examples.js';
import { onlyArchive } from '../only-archive.js';
import { ARCHIVES, argument, oneOf, option } from '../values.js';
import { wholeNumber } from '../whole-number.js';
import { describeCommand } from './eia-describe.js';

/** `mar eia`: what becomes of archives that declare an Elastic Inference accelerator. */
export function eiaCommand(context: CommandContext): Command {
  const command = new Command('eia')
    .description(
      'plan and migrate archives that were made for Elastic Inference, which has ended; show emulated accelerators',
    )
    .addCommand(planCommand(context))
    .addCommand(migrateCommand(context))
    .addCommand(describeCommand(context))
    .helpCommand(false);
  return addExamples(command, [
    ['mar eia plan resnet-152.mar', 'what it would need, what stood in its way, what replaces it'],
    ['mar eia migrate resnet-152.mar', 'a new archive without the accelerator; --to says for what'],
    ['mar eia describe', 'the accelerators that a running server emulates'],
  ]);
}

interface PlanFlags {
  readonly batchSize?: number;
  readonly axis: Readonly<Record<string, number>>;
  readonly json?: true;
}

function planCommand({ io, exit }: CommandContext): Command {
  const command = new Command('plan')
    .description(
      'estimate the memory of an archive, say which accelerators it fitted and what replaces them; runs nothing',
    )
    .addArgument(argument('[archive]', 'a .mar or a model directory (default: the only .mar here)', ARCHIVES))
    .addOption(option('--batch-size <number>', 'rows of a batch (default: 1)').argParser(wholeNumber(1)))
    .addOption(
      option('--axis <name=number>', 'the size of an open axis of an input; can be repeated')
        .argParser(readAxis)
        .default({}),
    )
    .option('--json', 'print the result as JSON')
    .action(async (given: string | undefined, { batchSize, axis, json }: PlanFlags) => {
      const archive = given ?? (await onlyArchive(io, 'eia plan'));
      const plan = await planEia(resolve(io.cwd, archive), {
        ...(batchSize !== undefined && { batchSize }),
        axes: axis,
        signal: io.signal,
      });
      const { jsonReport } = await import('#report/json.js');
      const { eiaPlanReport } = await import('#report/eia/plan.js');
      io.stdout.write(json ? jsonReport(plan) : eiaPlanReport(plan, io.stdout.columns));
      if (plan.findings.some(({ severity }) => severity === 'error')) exit(1);
    });
  return addExamples(command, [
    ['mar eia plan resnet-152.mar --batch-size 8', 'with eight rows at once'],
    ['mar eia plan detector.mar --axis height=480 --axis width=640', 'with pictures of that size'],
  ]);
}

/** `NAME=NUMBER`, added to those before it. */
function readAxis(text: string, before: Readonly<Record<string, number>>): Record<string, number> {
  const at = text.lastIndexOf('=');
  const size = Number(text.slice(at + 1));
  if (at < 1 || !Number.isInteger(size) || size < 1)
    throw new InvalidArgumentError('expected NAME=NUMBER, for example height=480.');
  return { ...before, [text.slice(0, at)]: size };
}

interface MigrateFlags {
  readonly to: MigrationTarget;
  readonly output?: string;
  readonly dryRun?: true;
  readonly force?: true;
  readonly json?: true;
}

function migrateCommand({ io, exit }: CommandContext): Command {
  const command = new Command('migrate')
    .description(
      'write a new archive without the accelerator; shows the difference first, and lists what is left in the handler',
    )
    .addArgument(argument('[archive]', 'a .mar or a model directory (default: the only .mar here)', ARCHIVES))
    .addOption(
      option('--to <target>', 'where it is to run', { words: MIGRATION_TARGETS })
        .argParser(oneOf(MIGRATION_TARGETS))
        .makeOptionMandatory(),
    )
    .addOption(option('-o, --output <file>', 'the new archive (default: NAME-TARGET.mar beside the old one)', ARCHIVES))
    .option('-f, --force', 'replace what is there under that name')
    .option('--dry-run', 'show the difference and write nothing')
    .option('--json', 'print the result as JSON')
    .action(async (given: string | undefined, { to, output, dryRun, force, json }: MigrateFlags) => {
      const archive = given ?? (await onlyArchive(io, 'eia migrate'));
      const { jsonReport } = await import('#report/json.js');
      const { migrationReport } = await import('#report/eia/migrate.js');
      const migration = await migrateEia(resolve(io.cwd, archive), {
        to,
        ...(output !== undefined && { output: resolve(io.cwd, output) }),
        dryRun: dryRun === true,
        force: force === true,
        signal: io.signal,
        onPrepared: (prepared) => {
          if (!json) io.stdout.write(migrationReport(prepared, io.stdout.columns));
        },
      });
      const { printableLine } = await import('#printable.js');
      if (json) io.stdout.write(jsonReport(migration));
      else io.stdout.write(dryRun ? '\nNothing was written.\n' : `\nWritten: ${printableLine(migration.output)}\n`);
      if (migration.places.some(({ done }) => !done)) exit(1);
    });
  return addExamples(command, [
    ['mar eia migrate resnet-152.mar --to cpu --dry-run', 'what would change'],
    ['mar eia migrate resnet-152.mar --to gpu -o resnet-152-gpu.mar', 'a new archive for a GPU'],
  ]);
}
